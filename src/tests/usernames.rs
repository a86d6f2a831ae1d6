//! Usernames that users cannot choose.

use portal::services::sign_up_form::TypedSignUp;

use super::harness::app::PASSWORD;
use super::harness::{Mode, TestApp};

const RESERVED: &str = "This username is reserved. Choose another one.";
const LIKE_A_DOMAIN: &str = "This username looks like a web address. Use hyphens instead of dots.";

const REFUSED: [(&str, &str); 6] = [
    ("admin", RESERVED),
    ("Post-Master", RESERVED),
    ("NO.REPLY", RESERVED),
    ("www.ann-lee", LIKE_A_DOMAIN),
    ("evil-shop.com", LIKE_A_DOMAIN),
    ("Evil.SHOP", LIKE_A_DOMAIN),
];

#[tokio::test]
async fn reserved_names_and_names_like_a_domain_are_refused_in_every_form_that_sets_one() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    for mode in Mode::BOTH {
        let mut signed_in = app.client(mode);
        signed_in.sign_in("ann", PASSWORD).await;
        for (name, message) in REFUSED {
            let mut client = app.client(mode);
            let answer = client.register(name, "bob@x.example", PASSWORD).await;
            assert!(client.seen(answer).await.contains(message), "{name}");
            let answer = signed_in.post("/account/username", &[("username", name)]).await;
            assert!(signed_in.seen(answer).await.contains(message), "{name}");
        }
    }
    assert_eq!(app.mails_to("bob@x.example").await, []);
    for (n, fine) in ["ann.lee", "admin-ann", "wwwann"].into_iter().enumerate() {
        let answer = app.form().register(fine, &format!("bob{n}@x.example"), PASSWORD).await;
        assert_eq!(answer.location().as_deref(), Some("/verify"), "{fine}");
    }
}

#[tokio::test]
async fn the_second_choice_of_a_username_that_was_taken_meanwhile_follows_the_same_rule() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut client = app.client(mode);
        client.register("zoe", "zoe@x.example", PASSWORD).await;
        let code = app.code_for("zoe@x.example").await;
        app.account("zoe", "other@x.example").await;
        client.verify(&code).await;
        for (name, message) in REFUSED {
            let answer = client.post("/verify/username", &[("username", name)]).await;
            assert!(client.seen(answer).await.contains(message), "{name}");
        }
        let answer = client.post("/verify/username", &[("username", "zoe-2")]).await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
    }
}

#[tokio::test]
async fn operators_add_to_the_reserved_names_or_replace_them() {
    for (setting, reserved, free) in
        [("default, The-Board", ["admin", "theboard"], "sales1"), ("the-board,sales1", ["theboard", "sales1"], "admin")]
    {
        let app = TestApp::with(&[("PORTAL_RESERVED_USERNAMES", setting)]).await;
        for name in reserved {
            let answer = app.script().register(name, "ann@x.example", PASSWORD).await;
            assert!(answer.body.contains(RESERVED), "{setting}: {name}");
        }
        let answer = app.script().register(free, "ann@x.example", PASSWORD).await;
        assert_eq!(answer.location().as_deref(), Some("/verify"), "{setting}: {free}");
    }
}

#[tokio::test]
async fn an_account_whose_name_was_reserved_later_still_works() {
    let app = TestApp::with(&[("PORTAL_RESERVED_USERNAMES", "none")]).await;
    app.account("support", "support@x.example").await;
    let app = app.restart(&[]).await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        assert_eq!(client.sign_in("support", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        let name = if mode == Mode::Form { "Support" } else { "SUPPORT" };
        let answer = client.post("/account/username", &[("username", name)]).await;
        assert!(client.seen(answer).await.contains(&format!("Your username is now {name}.")), "its letter case");
        let answer = client.post("/account/username", &[("username", "security")]).await;
        assert!(client.seen(answer).await.contains(RESERVED), "another reserved name");
    }
}

#[tokio::test]
async fn the_command_line_creates_accounts_with_any_name_and_an_invitation_does_not() {
    let app = TestApp::with(&[("PORTAL_REGISTRATION", "invitation")]).await;
    let typed = TypedSignUp { username: "Admin", email: "admin@x.example", password: PASSWORD };
    app.state.admin_cli().create(typed).await.expect("created");
    let mut admin = app.form();
    assert_eq!(admin.sign_in("admin", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    admin.post("/admin/invitations/send", &[("email", "guest@x.example")]).await;
    let mails = app.mails_to("guest@x.example").await;
    let link = mails[0].1.split_whitespace().find(|word| word.contains("/register?")).expect("a link");
    let mut guest = app.form();
    guest.get(&link[link.find("/register").expect("the path")..]).await;
    let answer = guest.register("support", "guest@x.example", PASSWORD).await;
    assert!(guest.seen(answer).await.contains(RESERVED));
}
