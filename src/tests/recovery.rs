//! Account recovery: who gets a code, what a reset requires, and what it ends.

mod races;
mod secrecy;

use super::harness::app::{PASSWORD, wrong_code};
use super::harness::{Answer, Client, Mode, TestApp};

/// Another password that the policy accepts.
const NEW: &str = "gravel lantern mosaic";

async fn with_ann() -> TestApp {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    app.advance(3_600);
    app
}

async fn ask(client: &mut Client, email: &str) -> Answer {
    client.post("/recover", &[("email", email)]).await
}

async fn set(client: &mut Client, code: &str, password: &str) -> Answer {
    client.post("/recover/verify", &[("code", code), ("password", password)]).await
}

/// A browser that waits for its code, and the code.
async fn waiting(app: &TestApp, mode: Mode) -> (Client, String) {
    let mut client = app.client(mode);
    assert_eq!(ask(&mut client, "ann@x.example").await.location().as_deref(), Some("/recover/verify"));
    (client, app.code_for("ann@x.example").await)
}

async fn opens(app: &TestApp, password: &str) -> bool {
    app.form().sign_in("ann", password).await.location().as_deref() == Some("/dashboard")
}

#[tokio::test]
async fn a_code_and_a_new_password_replace_the_old_one_without_signing_in() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (mut client, code) = waiting(&app, mode).await;
        let page = client.get("/recover/verify").await;
        assert!(page.body.contains("If that email address has an account") && !page.body.contains("ann@x.example"));
        assert!(client.cookies.contains_key("portal_recovery"));
        let answer = set(&mut client, &code, NEW).await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
        assert!(!client.cookies.contains_key("portal_recovery"), "the cookie is removed");
        assert!(client.seen(answer).await.contains("Your password has been reset"));
        assert_ne!(client.get("/dashboard").await.status, 200, "the reset does not sign in");
        assert!(opens(&app, NEW).await);
        assert!(!opens(&app, PASSWORD).await);
        let mails = app.mails_to("ann@x.example").await;
        assert!(mails.iter().any(|(subject, _)| subject.contains("password was reset")), "{mails:?}");
        assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'password_recovered'").await, 1);
    }
}

#[tokio::test]
async fn requesting_a_code_changes_nothing() {
    let app = with_ann().await;
    let mut session = app.form();
    session.sign_in("ann", PASSWORD).await;
    let (_, _) = waiting(&app, Mode::Form).await;
    assert_eq!(session.get("/dashboard").await.status, 200);
    assert!(opens(&app, PASSWORD).await);
}

#[tokio::test]
async fn a_reset_ends_every_session_trusted_browser_and_sign_out_link() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut session = app.form();
        session.sign_in("ann", PASSWORD).await;
        app.execute(
            "INSERT INTO trusted_browser SELECT x'01', id, x'02', '', '', 0, NULL, 9999999999999, '' FROM account;
             INSERT INTO mail_link SELECT x'03', x'04', 'end_session', id, NULL, 0, 9999999999999, NULL FROM account;
             INSERT INTO mail_link SELECT x'05', x'06', 'undo_email_change', id, NULL, 0, 9999999999999, NULL FROM account;
             INSERT INTO totp SELECT id, x'07', 0, 0, NULL, '' FROM account;",
        )
        .await;
        let (mut client, code) = waiting(&app, mode).await;
        set(&mut client, &code, NEW).await;
        assert_eq!(session.get("/dashboard").await.location().as_deref(), Some("/login?next=/dashboard"));
        assert_eq!(app.count("SELECT COUNT(*) FROM session WHERE account_id IS NOT NULL").await, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM trusted_browser").await, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM mail_link WHERE purpose = 'end_session'").await, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM mail_link").await, 1, "the undo link stays");
        assert_eq!(app.count("SELECT COUNT(*) FROM totp").await, 1, "two-step sign-in stays on");
    }
}

#[tokio::test]
async fn a_code_is_valid_for_300_seconds() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (mut client, code) = waiting(&app, mode).await;
        app.advance(299);
        assert_eq!(set(&mut client, &code, NEW).await.location().as_deref(), Some("/login"));

        let app = with_ann().await;
        let (mut client, code) = waiting(&app, mode).await;
        app.advance(301);
        let answer = set(&mut client, &code, NEW).await;
        assert_eq!(answer.location().as_deref(), Some("/recover"));
        let page = client.seen(answer).await;
        assert!(page.contains("Your code has expired.") && page.contains("value=\"ann@x.example\""), "{page}");
        assert!(opens(&app, PASSWORD).await);
    }
}

#[tokio::test]
async fn five_wrong_codes_end_the_recovery_and_a_new_code_restores_no_attempts() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (mut client, code) = waiting(&app, mode).await;
        for (n, left) in [(0, "4 attempts"), (1, "3 attempts")] {
            let answer = set(&mut client, &wrong_code(&code, n), NEW).await;
            let seen = client.seen(answer).await;
            assert!(seen.contains(&format!("That code is incorrect or has expired. {left} left.")), "{seen}");
        }
        app.advance(60);
        let answer = client.post("/recover/resend", &[]).await;
        assert_eq!(answer.location().as_deref(), Some("/recover/verify"));
        assert!(client.seen(answer).await.contains("we've sent a new code"));
        let newer = app.code_for("ann@x.example").await;
        assert_ne!(newer, code);
        for n in 2..4 {
            // Neither of the two valid codes.
            let wrong = (0..).map(|step| wrong_code(&code, n + 10 * step)).find(|wrong| *wrong != newer);
            set(&mut client, &wrong.expect("a wrong code"), NEW).await;
        }
        let wrong = (0..).map(|step| wrong_code(&code, 5 + 10 * step)).find(|wrong| *wrong != newer);
        let fifth = set(&mut client, &wrong.expect("a wrong code"), NEW).await;
        assert_eq!(fifth.location().as_deref(), Some("/recover"));
        assert!(client.seen(fifth).await.contains("too many incorrect codes"));
        assert_ne!(set(&mut client, &newer, NEW).await.location().as_deref(), Some("/login"));
        assert!(opens(&app, PASSWORD).await);
    }
}

#[tokio::test]
async fn a_new_code_is_sent_after_60_seconds_and_the_earlier_one_stays_valid() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (mut client, code) = waiting(&app, mode).await;
        app.advance(59);
        let answer = client.post("/recover/resend", &[]).await;
        if mode == Mode::Script {
            assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("1")));
        }
        assert!(client.seen(answer).await.contains("We've just sent you a code."));
        app.advance(1);
        client.post("/recover/resend", &[]).await;
        assert_ne!(app.code_for("ann@x.example").await, code);
        assert_eq!(set(&mut client, &code, NEW).await.location().as_deref(), Some("/login"));
    }
}

#[tokio::test]
async fn without_the_cookie_or_with_a_forged_one_every_step_is_refused() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (mut client, code) = waiting(&app, mode).await;
        let mut stranger = app.client(mode);
        for forged in [None, Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), Some("%00"), Some("x")] {
            stranger.cookies.clear();
            if let Some(forged) = forged {
                stranger.cookies.insert("portal_recovery".into(), forged.into());
            }
            assert_eq!(stranger.clone().get("/recover/verify").await.location().as_deref(), Some("/recover"));
            for path in ["/recover/verify", "/recover/resend"] {
                let mut stranger = stranger.clone();
                let answer = stranger.post_bare(path, &[("code", &code), ("password", NEW)]).await;
                assert_eq!(answer.location().as_deref(), Some("/recover"), "{path} {forged:?}");
                assert!(stranger.seen(answer).await.contains("No password reset is in progress in this browser"));
            }
        }
        // The flow of a registration is not valid for a recovery.
        let mut other = app.client(mode);
        other.register("bob", "bob@x.example", PASSWORD).await;
        let token = other.cookies["portal_flow"].clone();
        other.cookies.insert("portal_recovery".into(), token);
        assert_eq!(set(&mut other, &code, NEW).await.location().as_deref(), Some("/recover"));
        assert!(opens(&app, PASSWORD).await);
        assert_eq!(set(&mut client, &code, NEW).await.location().as_deref(), Some("/login"));
    }
}

#[tokio::test]
async fn a_code_for_another_flow_purpose_or_email_is_a_wrong_code() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        app.account("bob", "bob@x.example").await;
        app.advance(3_600);
        let (mut client, _) = waiting(&app, mode).await;
        let mut others = Vec::new();
        let (_, same_address) = waiting(&app, mode).await;
        others.push(same_address);
        let mut bob = app.client(mode);
        ask(&mut bob, "bob@x.example").await;
        others.push(app.code_for("bob@x.example").await);
        let mut newcomer = app.client(mode);
        newcomer.register("cat", "cat@x.example", PASSWORD).await;
        others.push(app.code_for("cat@x.example").await);
        for code in others {
            let answer = set(&mut client, &code, NEW).await;
            assert!(client.seen(answer).await.contains("That code is incorrect or has expired."));
        }
        assert!(opens(&app, PASSWORD).await);
    }
}

#[tokio::test]
async fn a_weak_password_is_refused_for_every_email_and_uses_neither_the_code_nor_an_attempt() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("annabelle.fitzgerald", "annabelle.fitzgerald@x.example").await;
        app.advance(3_600);
        let mut client = app.client(mode);
        ask(&mut client, "annabelle.fitzgerald@x.example").await;
        let code = app.code_for("annabelle.fitzgerald@x.example").await;
        let answer = set(&mut client, &code, "password").await;
        assert!(client.seen(answer).await.contains("Try three or four random words."));
        // Too similar to its owner's name: only a user who has the code sees this error.
        let named = "annabelle.fitzgerald1";
        for n in 0..2 {
            let answer = set(&mut client, &wrong_code(&code, n), named).await;
            assert!(client.seen(answer).await.contains("That code is incorrect or has expired."));
        }
        for _ in 0..6 {
            let answer = set(&mut client, &code, named).await;
            assert!(client.seen(answer).await.contains("Don't use your name"));
        }
        assert_eq!(app.count("SELECT tries FROM email_verification WHERE purpose = 'recovery'").await, 2);
        assert_eq!(app.count("SELECT COUNT(*) FROM attempt WHERE kind = 'email_code' AND outcome = 'failed'").await, 2);
        assert_eq!(set(&mut client, &code, NEW).await.location().as_deref(), Some("/login"));
    }
}

#[tokio::test]
async fn a_user_who_set_a_new_password_does_not_wait_for_earlier_failures_from_the_same_ip_address() {
    let app = with_ann().await;
    for _ in 0..6 {
        app.form().sign_in("ann", "a wrong old password").await;
    }
    assert!(!opens(&app, PASSWORD).await, "signing in has to wait");
    let (mut client, code) = waiting(&app, Mode::Form).await;
    set(&mut client, &code, NEW).await;
    let captcha = client.sign_in("ann", NEW).await;
    assert_eq!(captcha.location().as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn recoveries_are_deleted_after_a_day() {
    let app = with_ann().await;
    waiting(&app, Mode::Form).await;
    app.advance(86_400);
    app.state.maintenance().purge().await.expect("purges");
    assert_eq!(app.count("SELECT COUNT(*) FROM email_verification WHERE purpose = 'recovery'").await, 1);
    app.advance(1);
    app.state.maintenance().purge().await.expect("purges");
    assert_eq!(app.count("SELECT COUNT(*) FROM email_verification WHERE purpose = 'recovery'").await, 0);
}

#[tokio::test]
async fn a_signed_in_user_is_redirected_to_the_dashboard() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = app.client(mode);
        client.sign_in("ann", PASSWORD).await;
        assert_eq!(client.get("/recover").await.location().as_deref(), Some("/dashboard"));
        let answer = client.post_bare("/recover", &[("email", "ann@x.example")]).await;
        assert_eq!(answer.location().as_deref(), Some("/dashboard"));
    }
}
