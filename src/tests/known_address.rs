//! Responses do not reveal whether an email has an account.

use std::time::Instant;

use super::harness::app::{PASSWORD, wrong_code};
use super::harness::{Answer, Mode, TestApp, without_random};

/// Everything in a response that could differ, except random values.
pub(crate) fn shape(answer: &Answer) -> (u16, Vec<String>, String) {
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id" && *name != "set-cookie")
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    for header in answer.headers.get_all("set-cookie") {
        let cookie = header.to_str().expect("ASCII");
        let (name, rest) = cookie.split_once('=').expect("a cookie");
        let (value, attributes) = rest.split_once(';').expect("attributes");
        headers.push(format!("set-cookie: {name} of {} bytes;{attributes}", value.len()));
    }
    (answer.status.as_u16(), headers, answer.body.clone())
}

#[tokio::test]
async fn status_body_and_cookies_are_the_same_as_for_a_new_email() {
    let app = TestApp::new().await;
    app.account("owner", "owner@x.example").await;
    for mode in Mode::BOTH {
        let (mut known, mut new) = (app.client(mode), app.client(mode));
        let (known_answer, new_answer) = (
            known.register("ann", "owner@x.example", PASSWORD).await,
            new.register("ann", "novel@x.example", PASSWORD).await,
        );
        assert_eq!(shape(&known_answer), shape(&new_answer));
        let (known_page, new_page) = (known.get("/verify").await, new.get("/verify").await);
        let same = |body: &str| {
            let body = body.replace("owner@x.example", "…").replace("novel@x.example", "…");
            without_random(&body)
        };
        assert_eq!(same(&known_page.body), same(&new_page.body));
        // Any code is a wrong code there, counted and worded alike.
        let code = app.code_for("novel@x.example").await;
        let answer = known.verify(&wrong_code(&code, 0)).await;
        assert!(known.seen(answer).await.contains("That code is incorrect or has expired. 4 attempts left."));
        app.advance(60);
        let answer = known.post("/verify/resend", &[]).await;
        assert!(known.seen(answer).await.contains("We've sent a new code to owner@x.example."));
    }
}

#[tokio::test]
async fn the_owner_is_notified_at_most_once_an_hour_and_gets_no_code() {
    let app = TestApp::new().await;
    app.account("owner", "Owner@x.example").await;
    for n in 0..3 {
        app.form().register(&format!("ann{n}"), "OWNER@x.example", PASSWORD).await;
        app.advance(60);
    }
    let mails = app.mails_to("owner@x.example").await;
    let told: Vec<_> = mails.iter().filter(|(subject, _)| subject.contains("already have")).collect();
    assert_eq!((mails.len(), told.len()), (2, 1), "the first code and one notice: {mails:?}");
    app.advance(3_600);
    app.form().register("ann9", "owner@x.example", PASSWORD).await;
    assert_eq!(app.mails_to("owner@x.example").await.len(), 3);
}

#[tokio::test]
async fn correcting_to_a_registered_email_reveals_nothing_either() {
    let app = TestApp::new().await;
    app.account("owner", "owner@x.example").await;
    for mode in Mode::BOTH {
        let (mut known, mut new) = (app.client(mode), app.client(mode));
        let tag = if mode == Mode::Form { "f" } else { "s" };
        known.register("ann", &format!("{tag}1@x.example"), PASSWORD).await;
        new.register("ann", &format!("{tag}2@x.example"), PASSWORD).await;
        let known = known.post("/verify/email", &[("email", "owner@x.example")]).await;
        let new = new.post("/verify/email", &[("email", &format!("novel-{tag}@x.example"))]).await;
        assert_eq!(shape(&known), shape(&new));
    }
}

#[tokio::test]
async fn a_registered_email_never_gets_a_second_account() {
    let app = TestApp::new().await;
    let (mut slow, mut quick) = (app.form(), app.form());
    slow.register("slow", "ann@x.example", PASSWORD).await;
    let slow_code = app.code_for("ann@x.example").await;
    app.advance(1);
    quick.register("quick", "ann@x.example", PASSWORD).await;
    let quick_code = app.code_for("ann@x.example").await;
    assert_eq!(quick.verify(&quick_code).await.location().as_deref(), Some("/login"));
    let answer = slow.verify(&slow_code).await;
    assert_eq!(answer.location().as_deref(), Some("/login"));
    assert!(slow.seen(answer).await.contains("This email address already has an account."));
    assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 1);
}

/// ASVS 5.0, V6.3.8, measured coarsely here and precisely in the benchmark.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "measures how long an answer takes")]
async fn the_answer_takes_as_long_as_for_a_new_email() {
    let app = TestApp::with(&[("PORTAL_OTP_PER_HOUR", "100"), ("PORTAL_OTP_PER_DAY", "1000")]).await;
    app.account("owner", "owner@x.example").await;
    let (mut known, mut new) = (Vec::new(), Vec::new());
    for n in 0..15 {
        for (address, times) in [("owner@x.example".to_owned(), &mut known), (format!("new{n}@x.example"), &mut new)] {
            let mut client = app.script();
            let began = Instant::now();
            client.register("ann", &address, PASSWORD).await;
            times.push(began.elapsed());
        }
    }
    known.sort();
    new.sort();
    let difference = known[7].abs_diff(new[7]);
    // Other tests use the same cores. A skipped step would account for most of the time.
    assert!(difference.as_millis() < 10 || difference < new[7] / 3, "{difference:?} of {:?}", new[7]);
}
