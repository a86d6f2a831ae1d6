//! Who may register, and with which emails.

use super::admin::administrator;
use super::harness::app::PASSWORD;
use super::harness::{Client, Mode, TestApp};
use super::known_address::shape;

const CLOSED: &str = "New accounts can't be created at the moment.";
const INVITED_ONLY: &str = "You need an invitation to create an account.";
const NOT_ACCEPTED: &str = "We don't accept email addresses from this provider. Use a different one.";

/// The fields of a post to `/register` from a client that never loaded the page.
fn details<'a>(username: &'a str, email: &'a str) -> [(&'static str, &'a str); 3] {
    [("username", username), ("email", email), ("password", PASSWORD)]
}

async fn nothing_begun(app: &TestApp) -> bool {
    let rows =
        "SELECT (SELECT COUNT(*) FROM email_verification) + (SELECT COUNT(*) FROM otp) + (SELECT COUNT(*) FROM outbox)";
    app.count(rows).await == 0
}

#[tokio::test]
async fn with_closed_or_invitation_only_registration_every_page_says_so_and_every_post_is_refused() {
    for (setting, sentence) in [("closed", CLOSED), ("invitation", INVITED_ONLY)] {
        for mode in Mode::BOTH {
            let app = TestApp::with(&[("PORTAL_REGISTRATION", setting)]).await;
            let mut client = app.client(mode);
            let page = client.get("/register").await;
            assert_eq!(page.status, 200);
            assert!(page.body.contains(sentence) && page.body.contains("href=\"/login\""), "{}", page.body);
            assert!(!page.body.contains("<form") && !page.body.contains("leptos-island"), "{}", page.body);
            for path in ["/", "/login"] {
                let page = client.get(path).await.body;
                assert!(page.contains(sentence) && !page.contains("href=\"/register\""), "{path}: {page}");
            }
            for fields in [&details("ann", "ann@x.example")[..], &details("", "nobody")[..], &[]] {
                let answer = client.post_bare("/register", fields).await;
                let status = if mode == Mode::Script { 422 } else { 303 };
                assert_eq!(answer.status, status);
                assert!(client.seen(answer).await.contains(sentence));
            }
            assert!(nothing_begun(&app).await, "{setting}");
        }
    }
}

/// A registration that was started while registration was open, and its code;
/// then the portal starts with another setting.
async fn begun_before(mode: Mode, setting: &str) -> (TestApp, Client, Client, String) {
    let app = TestApp::new().await;
    let ann = administrator(&app, mode, "ann").await;
    let mut client = app.client(mode);
    client.register("bob", "bob@x.example", PASSWORD).await;
    let code = app.code_for("bob@x.example").await;
    let app = app.restart(&[("PORTAL_REGISTRATION", setting)]).await;
    let (ann, client) = (app.again(&ann), app.again(&client));
    (app, ann, client, code)
}

#[tokio::test]
async fn a_registration_started_before_the_change_cannot_be_finished() {
    for (setting, notice) in
        [("closed", "so your registration can't be completed"), ("invitation", "You need a valid invitation")]
    {
        for mode in Mode::BOTH {
            let (app, _, client, code) = begun_before(mode, setting).await;
            app.advance(60);
            let mails = app.count("SELECT COUNT(*) FROM outbox").await;
            for (path, fields) in [
                ("/verify", [("code", code.as_str())]),
                ("/verify/email", [("email", "other@x.example")]),
                ("/verify/username", [("username", "robert")]),
            ] {
                let mut client = client.clone();
                let answer = client.post_bare(path, &fields).await;
                assert_eq!(answer.location().as_deref(), Some("/register"), "{path}");
                assert!(client.seen(answer).await.contains(notice), "{path}");
            }
            let mut other = client.clone();
            let page = other.get("/verify").await;
            assert_eq!(page.location().as_deref(), Some("/register"));
            let resent = client.clone().post_bare("/verify/resend", &[]).await;
            assert_eq!(resent.location().as_deref(), Some("/register"));
            assert_eq!(app.count("SELECT COUNT(*) FROM outbox").await, mails, "no email");
            assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 1);
        }
    }
}

#[tokio::test]
async fn a_user_who_is_invited_later_can_finish_an_earlier_registration() {
    for mode in Mode::BOTH {
        let (app, mut ann, mut client, code) = begun_before(mode, "invitation").await;
        let sent = ann.post("/admin/invitations/send", &[("email", "BOB@x.example")]).await;
        assert_eq!(sent.location().as_deref(), Some("/admin/invitations"));
        assert_eq!(client.verify(&code).await.location().as_deref(), Some("/login"));
        assert_eq!(app.count("SELECT COUNT(*) FROM invitation WHERE ending = 'used'").await, 1);
    }
}

const LISTS: &[(&str, &str)] = &[
    ("PORTAL_EMAIL_DOMAINS_ALLOWED", "x.example, bücher.example"),
    ("PORTAL_EMAIL_DOMAINS_DENIED", "Guests.X.example"),
];

#[tokio::test]
async fn an_email_is_refused_beside_its_field_because_of_its_domain_alone() {
    for mode in Mode::BOTH {
        let app = TestApp::with(LISTS).await;
        for refused in [
            "ann@guests.x.example",
            "ann@GUESTS.X.EXAMPLE",
            "ann@a.b.guests.x.example",
            "ann@example.com",
            "ann@notx.example",
            "ann@x.example.com",
            "ann@buecher.example",
        ] {
            let mut client = app.client(mode);
            let answer = client.register("ann", refused, PASSWORD).await;
            assert!(answer.location().is_none_or(|to| to == "/register"), "{refused}");
            let seen = client.seen(answer).await;
            assert!(seen.contains(NOT_ACCEPTED), "{refused}: {seen}");
        }
        // No email ends in a dot.
        let mut client = app.client(mode);
        let answer = client.register("ann", "ann@x.example.", PASSWORD).await;
        assert!(client.seen(answer).await.contains("Enter an email address like name@example.com."));
        assert!(nothing_begun(&app).await);
        for fine in ["ann@x.example", "bob@MAIL.X.example", "eve@Bücher.example", "joe@xn--bcher-kva.example"] {
            let (name, _) = fine.split_once('@').expect("a name");
            let answer = app.client(mode).register(name, fine, PASSWORD).await;
            assert_eq!(answer.location().as_deref(), Some("/verify"), "{fine}");
        }
    }
}

#[tokio::test]
async fn a_corrected_email_and_a_changed_email_of_an_account_follow_the_same_rules() {
    for mode in Mode::BOTH {
        let app = TestApp::with(LISTS).await;
        let mut client = app.client(mode);
        client.register("ann", "ann@x.example", PASSWORD).await;
        let answer = client.post("/verify/email", &[("email", "ann@guests.x.example")]).await;
        assert!(client.seen(answer).await.contains(NOT_ACCEPTED));
        let code = app.code_for("ann@x.example").await;
        client.verify(&code).await;
        client.sign_in("ann", PASSWORD).await;
        for refused in ["ann@guests.x.example", "ann@example.com"] {
            let answer = client.post("/account/email", &[("email", refused)]).await;
            assert!(client.seen(answer).await.contains(NOT_ACCEPTED), "{refused}");
            assert!(app.mails_to(refused).await.is_empty());
        }
        let answer = client.post("/account/email", &[("email", "ann@mail.x.example")]).await;
        assert_eq!(answer.location().as_deref(), Some("/account/email/verify"));
    }
}

#[tokio::test]
async fn disposable_emails_are_refused_unless_the_settings_allow_them() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        for refused in ["ann@mailinator.com", "ann@some.MAILINATOR.com"] {
            let mut client = app.client(mode);
            let answer = client.register("ann", refused, PASSWORD).await;
            assert!(client.seen(answer).await.contains(NOT_ACCEPTED), "{refused}");
        }
        assert!(nothing_begun(&app).await);
        for settings in [("PORTAL_REFUSE_DISPOSABLE", "false"), ("PORTAL_EMAIL_DOMAINS_ALLOWED", "mailinator.com")] {
            let app = TestApp::with(&[settings]).await;
            let answer = app.client(mode).register("ann", "ann@mailinator.com", PASSWORD).await;
            assert_eq!(answer.location().as_deref(), Some("/verify"), "{settings:?}");
        }
    }
}

#[tokio::test]
async fn in_a_refused_domain_a_registered_email_looks_like_an_unregistered_one() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("owner", "owner@y.example").await;
        let app = app.restart(&[("PORTAL_EMAIL_DOMAINS_DENIED", "y.example")]).await;
        let mut answers = Vec::new();
        for address in ["owner@y.example", "novel@y.example"] {
            let mut client = app.client(mode);
            // Without the challenge, which is always different.
            let answer = client.post_bare("/register", &details("ann", address)).await;
            let (status, headers, body) = shape(&answer);
            let body = if mode == Mode::Script {
                serde_json::from_str::<serde_json::Value>(&body).expect("JSON")["fields"].to_string()
            } else {
                body
            };
            answers.push((status, headers, body));
            assert!(client.seen(answer).await.contains(NOT_ACCEPTED));
        }
        assert_eq!(answers[0].2, answers[1].2);
        assert_eq!(answers[0].0, answers[1].0);
        // A user with such an email keeps it and the account.
        let mut owner = app.client(mode);
        assert_eq!(owner.sign_in("owner", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        let before = app.mails_to("owner@y.example").await.len();
        app.client(mode).post("/recover", &[("email", "owner@y.example")]).await;
        assert_eq!(app.mails_to("owner@y.example").await.len(), before + 1);
    }
}
