//! Recovery does not reveal whether an email has an account.

use std::time::Instant;

use super::{NEW, ask, set, with_ann};
use crate::harness::app::{PASSWORD, wrong_code};
use crate::harness::{Mode, TestApp, without_random};
use crate::known_address::shape;

#[tokio::test]
async fn status_body_and_cookies_are_the_same_in_every_step() {
    let app = with_ann().await;
    for mode in Mode::BOTH {
        let (mut known, mut unknown) = (app.client(mode), app.client(mode));
        let answers = (ask(&mut known, "ann@x.example").await, ask(&mut unknown, "zoe@x.example").await);
        assert_eq!(shape(&answers.0), shape(&answers.1));
        let pages = (known.get("/recover/verify").await, unknown.get("/recover/verify").await);
        assert_eq!(without_random(&pages.0.body), without_random(&pages.1.body));
        let code = app.code_for("ann@x.example").await;
        for (typed, password) in
            [("", ""), ("12345", NEW), (&*wrong_code(&code, 0), "ann"), (&*wrong_code(&code, 0), NEW)]
        {
            let answers = (set(&mut known, typed, password).await, set(&mut unknown, typed, password).await);
            assert_eq!(shape(&answers.0), shape(&answers.1), "{typed} {password}");
            let seen = (known.seen(answers.0).await, unknown.seen(answers.1).await);
            assert_eq!(without_random(&seen.0), without_random(&seen.1));
        }
        app.advance(60);
        let answers = (known.post("/recover/resend", &[]).await, unknown.post("/recover/resend", &[]).await);
        assert_eq!(shape(&answers.0), shape(&answers.1));
        let seen = (known.seen(answers.0).await, unknown.seen(answers.1).await);
        assert_eq!(without_random(&seen.0), without_random(&seen.1));
        app.advance(301);
        let answers = (set(&mut known, &code, NEW).await, set(&mut unknown, &code, NEW).await);
        assert_eq!(shape(&answers.0), shape(&answers.1));
        app.advance(3_600);
    }
}

#[tokio::test]
async fn only_an_account_gets_an_email_and_the_row_of_the_other_is_never_sent() {
    let app = with_ann().await;
    let before = app.mails_to("ann@x.example").await.len();
    ask(&mut app.form(), "ann@x.example").await;
    ask(&mut app.form(), "zoe@x.example").await;
    assert_eq!(app.count("SELECT COUNT(*) FROM email_verification WHERE purpose = 'recovery'").await, 2);
    assert_eq!(app.count("SELECT COUNT(*) FROM otp WHERE purpose = 'recovery'").await, 2);
    assert_eq!(app.mails_to("zoe@x.example").await.len(), 0);
    assert_eq!(app.texts("SELECT state FROM outbox WHERE recipient_masked = 'z***@x.example'").await, ["suppressed"]);
    assert_eq!(app.mails_to("ann@x.example").await.len(), before + 1);
}

#[tokio::test]
async fn no_mail_is_sent_to_a_closed_account_or_an_unfinished_registration() {
    let app = with_ann().await;
    app.account("bob", "bob@x.example").await;
    let mut newcomer = app.form();
    newcomer.register("cat", "cat@x.example", PASSWORD).await;
    app.execute("UPDATE account SET disabled_at = 1 WHERE username = 'ann'").await;
    app.execute("UPDATE account SET delete_after = 9999999999999 WHERE username = 'bob'").await;
    for (mode, email) in
        Mode::BOTH.into_iter().flat_map(|mode| ["ann", "bob", "cat"].map(|name| (mode, format!("{name}@x.example"))))
    {
        let before = app.mails_to(&email).await.len();
        let mut client = app.client(mode);
        assert_eq!(ask(&mut client, &email).await.location().as_deref(), Some("/recover/verify"));
        assert_eq!(app.mails_to(&email).await.len(), before, "{email}");
    }
}

#[tokio::test]
async fn an_account_closed_after_the_code_was_mailed_cannot_be_recovered() {
    let app = with_ann().await;
    let mut client = app.form();
    ask(&mut client, "ann@x.example").await;
    let code = app.code_for("ann@x.example").await;
    app.execute("UPDATE account SET disabled_at = 1").await;
    let answer = set(&mut client, &code, NEW).await;
    assert!(client.seen(answer).await.contains("That code is incorrect or has expired."));
    app.execute("UPDATE account SET disabled_at = NULL").await;
    assert_eq!(app.form().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

/// ASVS 5.0, V6.3.8, measured coarsely here and precisely in the benchmark.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "measures how long an answer takes")]
async fn the_answer_takes_as_long_as_for_an_unknown_email() {
    let app = TestApp::with(&[("PORTAL_OTP_PER_HOUR", "100"), ("PORTAL_OTP_PER_DAY", "1000")]).await;
    app.account("ann", "ann@x.example").await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..25 {
        for (address, times) in [("ann@x.example".to_owned(), &mut known), (format!("new{n}@x.example"), &mut unknown)]
        {
            let mut client = app.client(Mode::Script);
            let captcha = client.captcha("/recover").await.expect("a challenge");
            let began = Instant::now();
            client.post_bare("/recover", &[("email", &address), ("captcha", &captcha)]).await;
            times.push(began.elapsed());
        }
    }
    known.sort();
    unknown.sort();
    let difference = known[12].abs_diff(unknown[12]);
    // Other tests use the same cores.
    assert!(difference.as_millis() < 10 || difference < unknown[12] / 2, "{difference:?} of {:?}", unknown[12]);
}
