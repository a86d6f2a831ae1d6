//! `/admin/invitations`, and registering with an invitation.

mod kept;
mod meanwhile;

use futures::future::join;

use super::administrator;
use crate::harness::app::PASSWORD;
use crate::harness::{Client, Mode, TestApp};

const GUEST: &str = "Guest@x.example";
const WEEK: u64 = 7 * 86_400;
const BY_INVITATION: &[(&str, &str)] = &[("PORTAL_REGISTRATION", "invitation")];

/// A portal with these settings, and its administrator.
async fn portal(mode: Mode, settings: &[(&str, &str)]) -> (TestApp, Client) {
    let app = TestApp::new().await;
    let ann = administrator(&app, mode, "ann").await;
    let app = app.restart(settings).await;
    let ann = app.again(&ann);
    (app, ann)
}

/// Invites an email; returns the link that was mailed to it, without the portal's origin.
async fn invite(app: &TestApp, ann: &mut Client, address: &str) -> String {
    let answer = ann.post("/admin/invitations/send", &[("email", address)]).await;
    assert_eq!(answer.location().as_deref(), Some("/admin/invitations"));
    assert!(ann.seen(answer).await.contains(&format!("We've sent an invitation to {address}.")));
    link_for(app, address).await
}

async fn link_for(app: &TestApp, address: &str) -> String {
    let mails = app.mails_to(address).await;
    let texts = mails.iter().rev().filter_map(|(_, text)| text.split_once("/register?invitation="));
    let (_, rest) = texts.into_iter().next().expect("a link");
    let token = rest.split_whitespace().next().expect("its token");
    format!("/register?invitation={token}")
}

/// A browser that opened the link from an email.
async fn opened(app: &TestApp, mode: Mode, link: &str) -> Client {
    let mut guest = app.client(mode);
    assert_eq!(guest.get(link).await.location().as_deref(), Some("/register"), "{link}");
    guest
}

async fn states(app: &TestApp) -> Vec<String> {
    app.texts("SELECT COALESCE(ending, 'waiting') FROM invitation ORDER BY id").await
}

async fn audit(app: &TestApp) -> Vec<String> {
    app.texts("SELECT action || ' ' || detail FROM audit ORDER BY seq").await
}

#[tokio::test]
async fn an_invited_user_opens_the_link_and_registers_with_the_invited_email_only() {
    for mode in Mode::BOTH {
        let (app, mut ann) = portal(mode, BY_INVITATION).await;
        let link = invite(&app, &mut ann, GUEST).await;
        let token = link.rsplit_once('=').expect("a token").1.to_owned();
        assert!(token.len() >= 43, "256 bits");
        assert!(!String::from_utf8_lossy(&app.database_bytes()).contains(&token), "only its hash is kept");

        let mut guest = app.client(mode);
        let opened = guest.get(&link).await;
        assert_eq!((opened.status.as_u16(), opened.location().as_deref()), (303, Some("/register")));
        let cookie = opened.set_cookie("portal_invitation").expect("the cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let page = guest.get("/register").await.body;
        let input = page.split("<input").find(|input| input.contains("name=\"email\"")).expect("the field");
        let input = input.split('>').next().unwrap_or_default();
        assert!(input.contains("value=\"Guest@x.example\"") && input.contains("readonly"), "{input}");
        assert!(!page.contains(&token) && !page.contains("Use a different email address"));

        // A refused form keeps the invited email, whatever was sent.
        let refused = guest.register("g", "other@x.example", PASSWORD).await;
        assert!(guest.seen(refused).await.contains("Use at least 3 characters."));
        let page = guest.get("/register").await.body;
        assert!(page.contains("value=\"Guest@x.example\"") && !page.contains("value=\"other@x.example\""));

        assert_eq!(guest.register("guest", "other@x.example", PASSWORD).await.location().as_deref(), Some("/verify"));
        assert!(app.mails_to("other@x.example").await.is_empty());
        assert_eq!(states(&app).await, ["waiting"], "only the created account uses it up");
        let page = guest.get("/verify").await.body;
        assert!(page.contains(GUEST) && !page.contains("action=\"/verify/email\""), "{page}");
        let corrected = guest.post("/verify/email", &[("email", "other@x.example")]).await;
        let told = guest.seen(corrected).await.contains("only works with the email address it was sent to");
        assert_eq!(told, mode == Mode::Script, "the page has neither this form nor its error message");
        assert!(app.mails_to("other@x.example").await.is_empty());

        let code = app.code_for(GUEST).await;
        assert_eq!(guest.verify(&code).await.location().as_deref(), Some("/login"));
        assert_eq!(states(&app).await, ["used"]);
        assert_eq!(app.text("SELECT email FROM account WHERE username = 'guest'").await, GUEST);
        assert_eq!(guest.sign_in("guest", PASSWORD).await.location().as_deref(), Some("/dashboard"));

        let again = app.client(mode).get(&link).await;
        assert_eq!(again.status, 200);
        assert!(
            again.body.contains("was used or canceled, or it has expired") && !again.body.contains("<form"),
            "{}",
            again.body
        );
        let list = ann.get("/admin/invitations").await.body;
        for fact in [GUEST, "Used", ">ann<"] {
            assert!(list.contains(fact), "{fact}: {list}");
        }
        assert!(!list.contains(&token) && !list.contains("action=\"/admin/invitations/revoke\""));
        assert_eq!(audit(&app).await, ["invitation_sent g***@x.example"]);
    }
}

#[tokio::test]
async fn an_invitation_works_until_the_second_it_expires() {
    for mode in Mode::BOTH {
        let (app, mut ann) = portal(mode, BY_INVITATION).await;
        let link = invite(&app, &mut ann, GUEST).await;
        let mut late = opened(&app, mode, &link).await;
        late.register("late", GUEST, PASSWORD).await;
        app.advance(WEEK - 1);
        let mut guest = opened(&app, mode, &link).await;
        assert_eq!(guest.register("guest", GUEST, PASSWORD).await.location().as_deref(), Some("/verify"));
        let code = app.code_for(GUEST).await;
        app.advance(1);
        let mut stranger = app.client(mode);
        assert!(stranger.get(&link).await.body.contains("was used or canceled, or it has expired"));
        assert!(stranger.cookies.is_empty());
        // It also does not apply to a registration that was begun with it.
        let answer = guest.verify(&code).await;
        assert_eq!(answer.location().as_deref(), Some("/register"));
        assert!(guest.seen(answer).await.contains("You need a valid invitation"));
        assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 1);
        let again =
            guest.post_bare("/register", &[("username", "guest"), ("email", GUEST), ("password", PASSWORD)]).await;
        assert!(guest.seen(again).await.contains("You need an invitation to create an account."));
        assert!(late.get("/register").await.body.contains("was used or canceled, or it has expired"));
    }
}

#[tokio::test]
async fn a_revoked_invitation_can_neither_begin_nor_finish_a_registration() {
    for mode in Mode::BOTH {
        let (app, mut ann) = portal(mode, BY_INVITATION).await;
        let link = invite(&app, &mut ann, GUEST).await;
        let mut guest = opened(&app, mode, &link).await;
        guest.register("guest", GUEST, PASSWORD).await;
        let code = app.code_for(GUEST).await;
        let hex = app.text("SELECT hex(id) FROM invitation").await;
        let id = uuid::Uuid::try_parse(&hex).expect("an id").to_string();
        assert!(ann.get("/admin/invitations").await.body.contains(&format!("value=\"{id}\"")));
        let answer = ann.post("/admin/invitations/revoke", &[("id", &id)]).await;
        assert!(ann.seen(answer).await.contains("Invitation for Guest@x.example revoked."));
        let again = ann.post("/admin/invitations/revoke", &[("id", &id)]).await;
        assert!(ann.seen(again).await.contains("was used or revoked, or it has expired"));
        for nothing in ["", "1", "00000000-0000-0000-0000-000000000000"] {
            let answer = ann.post("/admin/invitations/revoke", &[("id", nothing)]).await;
            assert!(ann.seen(answer).await.contains("This page has changed"), "{nothing}");
        }
        assert_eq!(guest.verify(&code).await.location().as_deref(), Some("/register"));
        assert!(app.client(mode).get(&link).await.body.contains("was used or canceled, or it has expired"));
        assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 1);
        assert_eq!(states(&app).await, ["revoked"]);
        assert_eq!(audit(&app).await, ["invitation_sent g***@x.example", "invitation_revoked g***@x.example"]);
    }
}

#[tokio::test]
async fn a_second_invitation_for_an_email_replaces_the_first() {
    for mode in Mode::BOTH {
        let (app, mut ann) = portal(mode, BY_INVITATION).await;
        let first = invite(&app, &mut ann, GUEST).await;
        app.advance(60);
        let second = invite(&app, &mut ann, "GUEST@X.example").await;
        assert_ne!(first, second);
        assert_eq!(states(&app).await, ["revoked", "waiting"]);
        assert!(app.client(mode).get(&first).await.body.contains("was used or canceled, or it has expired"));
        opened(&app, mode, &second).await;
        let rows = audit(&app).await;
        assert_eq!(rows[1], "invitation_sent g***@x.example, replacing an earlier one");
    }
}

#[tokio::test]
async fn no_invitation_works_while_registration_is_closed() {
    for mode in Mode::BOTH {
        let (app, mut ann) = portal(mode, &[]).await;
        let link = invite(&app, &mut ann, GUEST).await;
        let guest = opened(&app, mode, &link).await;
        let app = app.restart(&[("PORTAL_REGISTRATION", "closed")]).await;
        let mut guest = app.again(&guest);
        for path in ["/register", &link] {
            let page = guest.get(path).await;
            assert!(
                page.body.contains("New accounts can't be created at the moment.") && !page.body.contains("<form"),
                "{path}"
            );
        }
        let answer = guest.post_bare("/register", &[("username", "guest"), ("password", PASSWORD)]).await;
        assert!(guest.seen(answer).await.contains("New accounts can't be created at the moment."));
        assert_eq!(app.count("SELECT COUNT(*) FROM email_verification WHERE username = 'guest'").await, 0);
    }
}

#[tokio::test]
async fn an_invented_token_is_refused_and_not_stored() {
    for mode in Mode::BOTH {
        let (app, _) = portal(mode, BY_INVITATION).await;
        for token in ["x", &"A".repeat(43), "%FF", "..%2f..", "%C3%A9", &"A".repeat(2_000)] {
            let mut guest = app.client(mode);
            let page = guest.get(&format!("/register?invitation={token}")).await;
            assert_eq!(page.status, 200, "{token}");
            assert!(
                page.body.contains("was used or canceled, or it has expired") && guest.cookies.is_empty(),
                "{token}"
            );
        }
        let mut guest = app.client(mode);
        guest.cookies.insert("portal_invitation".to_owned(), "A".repeat(43));
        let fields = [("username", "guest"), ("email", GUEST), ("password", PASSWORD)];
        let answer = guest.post_bare("/register", &fields).await;
        assert!(guest.seen(answer).await.contains("You need an invitation"));
        assert_eq!(app.count("SELECT COUNT(*) FROM email_verification WHERE username = 'guest'").await, 0);
    }
}

#[tokio::test]
async fn opening_a_link_changes_nothing_however_often() {
    let (app, mut ann) = portal(Mode::Form, BY_INVITATION).await;
    let link = invite(&app, &mut ann, GUEST).await;
    let tables = app.texts("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").await;
    let mut before = Vec::new();
    for table in &tables {
        before.push(app.count(&format!("SELECT COUNT(*) FROM \"{table}\"")).await);
    }
    for _ in 0..3 {
        let mut guest = opened(&app, Mode::Form, &link).await;
        guest.get("/register").await;
        app.client(Mode::Form).get("/register?invitation=none").await;
        assert_eq!(guest.get("/register?invitation=").await.location().as_deref(), Some("/register"));
        assert!(guest.cookies.is_empty(), "the invitation cookie is removed");
    }
    for (table, before) in tables.iter().zip(before) {
        assert_eq!(app.count(&format!("SELECT COUNT(*) FROM \"{table}\"")).await, before, "{table}");
    }
    assert_eq!(states(&app).await, ["waiting"]);
}

#[tokio::test]
async fn two_browsers_at_once_create_one_account_from_one_invitation() {
    for mode in Mode::BOTH {
        let (app, mut ann) = portal(mode, BY_INVITATION).await;
        let link = invite(&app, &mut ann, GUEST).await;
        let (mut one, mut two) = (opened(&app, mode, &link).await, opened(&app, mode, &link).await);
        one.register("one", GUEST, PASSWORD).await;
        let first = app.code_for(GUEST).await;
        app.advance(1);
        two.register("two", GUEST, PASSWORD).await;
        let second = app.code_for(GUEST).await;
        join(one.verify(&first), two.verify(&second)).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM account WHERE email_key = 'guest@x.example'").await, 1);
        assert_eq!(states(&app).await, ["used"]);
    }
}

#[tokio::test]
async fn a_valid_invitation_overrides_the_domain_lists() {
    let denied = &[("PORTAL_EMAIL_DOMAINS_DENIED", "x.example")];
    for mode in Mode::BOTH {
        for revoked in [false, true] {
            let (app, mut ann) = portal(mode, denied).await;
            let link = invite(&app, &mut ann, GUEST).await;
            let mut stranger = app.client(mode);
            let answer = stranger.register("stranger", GUEST, PASSWORD).await;
            assert!(stranger.seen(answer).await.contains("We don't accept email addresses from this provider."));
            let mut guest = opened(&app, mode, &link).await;
            assert!(
                guest.get("/register").await.body.contains("Use a different email address"),
                "registration is open"
            );
            assert_eq!(guest.register("guest", "", PASSWORD).await.location().as_deref(), Some("/verify"));
            let code = app.code_for(GUEST).await;
            if revoked {
                app.execute("UPDATE invitation SET ending = 'revoked'").await;
            }
            let to = if revoked { "/register" } else { "/login" };
            assert_eq!(guest.verify(&code).await.location().as_deref(), Some(to));
        }
    }
}

#[tokio::test]
async fn with_open_registration_creating_an_account_uses_up_the_invitation_for_its_email() {
    for mode in Mode::BOTH {
        let (app, mut ann) = portal(mode, &[]).await;
        let link = invite(&app, &mut ann, GUEST).await;
        app.account("guest", "guest@x.example").await;
        assert_eq!(states(&app).await, ["used"]);
        let mut other = app.client(mode);
        let page = other.get(&link).await;
        assert!(page.status == 200 && page.body.contains("<form") && other.cookies.is_empty());
    }
}
