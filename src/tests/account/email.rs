//! Changing the email.

use super::{Mode, PASSWORD, signed_in, with_ann};
use crate::harness::app::wrong_code;
use crate::harness::{Answer, Client, TestApp, without_random};
use crate::known_address::shape;

const CHANGES: &str = "SELECT COUNT(*) FROM email_change";
const PENDING: &str = "SELECT COUNT(*) FROM email_verification WHERE purpose = 'email_change' AND finished_at IS NULL";

async fn ask(client: &mut Client, email: &str) -> Answer {
    client.post("/account/email", &[("email", email)]).await
}

async fn confirm(client: &mut Client, code: &str) -> Answer {
    client.post("/account/email/verify", &[("code", code)]).await
}

/// A client in which Ann signs in with her new email.
async fn moved(app: &TestApp, mode: Mode) -> Client {
    let mut client = signed_in(app, mode).await;
    ask(&mut client, "ann@y.example").await;
    let code = app.code_for("ann@y.example").await;
    assert_eq!(confirm(&mut client, &code).await.location().as_deref(), Some("/account"));
    client
}

#[tokio::test]
async fn the_code_sent_to_the_new_email_changes_it_and_the_old_email_is_notified() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        let mut recovering = app.client(mode);
        recovering.post("/recover", &[("email", "ann@x.example")]).await;
        let recovery_code = app.code_for("ann@x.example").await;
        assert_eq!(ask(&mut client, "ann@y.example").await.location().as_deref(), Some("/account/email/verify"));
        assert!(client.get("/account/email/verify").await.body.contains("ann@y.example"));
        assert!(client.get("/account").await.body.contains("Waiting for you to confirm"));
        assert_eq!(app.texts("SELECT email FROM account").await, ["ann@x.example"], "nothing changed so far");
        let code = app.code_for("ann@y.example").await;
        let answer = confirm(&mut client, &code).await;
        assert_eq!(answer.location().as_deref(), Some("/account"));
        assert!(client.seen(answer).await.contains("Your email address is now ann@y.example."));
        assert_eq!(client.get("/dashboard").await.status, 200, "sessions continue");
        let mails = app.mails_to("ann@x.example").await;
        let told = mails
            .iter()
            .find(|(subject, _)| subject.contains("email address was changed"))
            .expect("the old email is notified");
        assert!(told.1.contains("/from-mail?token="));
        assert_eq!(app.mails_to("ann@y.example").await.len(), 1, "no email except the code");
        let fields = [("code", recovery_code.as_str()), ("password", "gravel lantern mosaic")];
        recovering.post("/recover/verify", &fields).await;
        assert_eq!(app.form().sign_in("ann@y.example", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        assert_ne!(app.form().sign_in("ann@x.example", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        let detail = app.texts("SELECT detail FROM security_event WHERE kind = 'email_changed'").await;
        assert_eq!(detail, ["ann@x.example → ann@y.example"]);
    }
}

#[tokio::test]
async fn an_old_sign_in_requires_the_password_and_the_form_is_restored() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        app.advance(301);
        let answer = ask(&mut client, "ann@y.example").await;
        assert_eq!(answer.location().as_deref(), Some("/account/confirm"));
        assert_eq!(app.count(PENDING).await, 0);
        client.get("/account/confirm").await;
        let answer = client.post("/account/confirm", &[("password", PASSWORD)]).await;
        assert_eq!(answer.location().as_deref(), Some("/account"));
        assert!(client.seen(answer).await.contains("value=\"ann@y.example\""));
        assert_eq!(ask(&mut client, "ann@y.example").await.location().as_deref(), Some("/account/email/verify"));
    }
}

#[tokio::test]
async fn a_taken_or_reserved_email_gets_the_same_answer_as_any_other() {
    for mode in Mode::BOTH {
        let app = TestApp::with(&[("PORTAL_OTP_PER_HOUR", "50"), ("PORTAL_OTP_PER_DAY", "50")]).await;
        for (name, email) in [("ann", "ann@x.example"), ("bob", "bob@x.example"), ("cat", "cat@x.example")] {
            app.account(name, email).await;
        }
        app.advance(3_600);
        moved(&app, mode).await;
        let (mut bob, mut cat) = (app.client(mode), app.client(mode));
        bob.sign_in("bob", PASSWORD).await;
        cat.sign_in("cat", PASSWORD).await;
        for taken in ["ann@y.example", "ANN@x.example"] {
            let told = app.mails_to(taken).await.len();
            let answers = (ask(&mut bob, taken).await, ask(&mut cat, "free@x.example").await);
            assert_eq!(shape(&answers.0), shape(&answers.1));
            let pages = (bob.get("/account/email/verify").await, cat.get("/account/email/verify").await);
            let same = |body: &str, email: &str, name: &str| {
                without_random(&body.replace(email, "…").replace(&format!(">{name}<"), "…"))
            };
            assert_eq!(same(&pages.0.body, taken, "bob"), same(&pages.1.body, "free@x.example", "cat"));
            let code = app.code_for("free@x.example").await;
            let wrong = wrong_code(&code, 0);
            let answers = (confirm(&mut bob, &wrong).await, confirm(&mut cat, &wrong).await);
            assert_eq!(shape(&answers.0), shape(&answers.1));
            let mails = app.mails_to(taken).await;
            assert!(mails.len() == told || mails.last().is_some_and(|(subject, _)| subject.contains("already have")));
            app.advance(3_700);
            bob.sign_in("bob", PASSWORD).await;
            cat.sign_in("cat", PASSWORD).await;
        }
    }
}

#[tokio::test]
async fn the_old_email_cannot_be_registered_while_the_change_can_be_undone() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        moved(&app, mode).await;
        let mut other = app.client(mode);
        let before = app.mails_to("ann@x.example").await.len();
        other.register("zoe", "ann@x.example", PASSWORD).await;
        let mails = app.mails_to("ann@x.example").await;
        assert_eq!(mails.len(), before + 1);
        assert!(mails.last().is_some_and(|(subject, _)| subject.contains("already have")), "no code: {mails:?}");
        app.advance(72 * 3_600);
        app.client(mode).register("zoe", "ann@x.example", PASSWORD).await;
        assert!(app.mails_to("ann@x.example").await.last().is_some_and(|(subject, _)| subject.contains("code")));
    }
}

#[tokio::test]
async fn only_the_newer_of_two_changes_can_be_confirmed() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        ask(&mut client, "first@y.example").await;
        let first = app.code_for("first@y.example").await;
        ask(&mut client, "second@y.example").await;
        let answer = confirm(&mut client, &first).await;
        assert!(client.seen(answer).await.contains("That code is incorrect or has expired. 4 attempts left."));
        let second = app.code_for("second@y.example").await;
        confirm(&mut client, &second).await;
        assert_eq!(app.texts("SELECT email FROM account").await, ["second@y.example"]);
    }
}

#[tokio::test]
async fn an_email_verified_by_another_user_meanwhile_stays_with_that_user() {
    let app = with_ann().await;
    let mut client = signed_in(&app, Mode::Form).await;
    ask(&mut client, "new@y.example").await;
    let code = app.code_for("new@y.example").await;
    app.account("bob", "new@y.example").await;
    let answer = confirm(&mut client, &code).await;
    assert_eq!(answer.location().as_deref(), Some("/account"));
    assert!(client.seen(answer).await.contains("Another account uses this email address"));
    assert_eq!(app.texts("SELECT email FROM account WHERE username = 'ann'").await, ["ann@x.example"]);
    assert_eq!(app.count(CHANGES).await + app.count(PENDING).await, 0);
}

#[tokio::test]
async fn five_wrong_codes_or_five_minutes_end_the_change_and_the_page_says_why() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        ask(&mut client, "ann@y.example").await;
        let code = app.code_for("ann@y.example").await;
        for n in 0..4 {
            confirm(&mut client, &wrong_code(&code, n)).await;
        }
        let fifth = confirm(&mut client, &wrong_code(&code, 4)).await;
        assert_eq!(fifth.location().as_deref(), Some("/account"));
        assert!(client.seen(fifth).await.contains("too many incorrect codes"));
        assert_eq!(confirm(&mut client, &code).await.location().as_deref(), Some("/account"));
        ask(&mut client, "ann@z.example").await;
        let code = app.code_for("ann@z.example").await;
        app.advance(301);
        let late = confirm(&mut client, &code).await;
        assert!(client.seen(late).await.contains("Your code has expired."));
        assert_eq!(app.texts("SELECT email FROM account").await, ["ann@x.example"]);
    }
}

#[tokio::test]
async fn a_new_code_is_sent_after_a_minute_and_a_change_can_be_canceled() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        ask(&mut client, "ann@y.example").await;
        let answer = client.post("/account/email/resend", &[]).await;
        assert!(client.seen(answer).await.contains("We've just sent you a code."));
        app.advance(60);
        let answer = client.post("/account/email/resend", &[]).await;
        assert!(client.seen(answer).await.contains("We've sent a new code to ann@y.example."));
        assert_eq!(app.mails_to("ann@y.example").await.len(), 2);
        let answer = client.post("/account/email/cancel", &[]).await;
        assert_eq!(answer.location().as_deref(), Some("/account"));
        let code = app.code_for("ann@y.example").await;
        assert_eq!(confirm(&mut client, &code).await.location().as_deref(), Some("/account"));
        assert_eq!(app.texts("SELECT email FROM account").await, ["ann@x.example"]);
    }
}

#[tokio::test]
async fn an_ended_session_cannot_confirm_a_change() {
    let app = with_ann().await;
    let mut client = signed_in(&app, Mode::Script).await;
    ask(&mut client, "ann@y.example").await;
    let code = app.code_for("ann@y.example").await;
    let tx = app.state.store.write().await.expect("the write lock");
    let confirming = tokio::spawn(async move { confirm(&mut client, &code).await });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    app.raise_session_version_within(tx).await;
    let answer = confirming.await.expect("it finishes");
    assert_eq!(answer.location().as_deref(), Some("/login?next=/account/email/verify"));
    assert_eq!(app.texts("SELECT email FROM account").await, ["ann@x.example"]);
}

#[tokio::test]
async fn unconfirmed_changes_are_deleted_after_a_day_and_others_when_undo_expires() {
    let app = with_ann().await;
    let mut client = moved(&app, Mode::Form).await;
    ask(&mut client, "ann@z.example").await;
    assert_eq!((app.count(CHANGES).await, app.count(PENDING).await), (1, 1));
    app.advance(86_401);
    app.state.maintenance().purge().await.expect("purges");
    assert_eq!((app.count(CHANGES).await, app.count(PENDING).await), (1, 0));
    app.advance(2 * 86_400);
    app.state.maintenance().purge().await.expect("purges");
    assert_eq!(app.count(CHANGES).await, 0);
}
