//! The captcha: what each form requires, with and without scripts.

mod failures;

use futures::future::join_all;

use super::harness::app::PASSWORD;
use super::harness::captcha::solve;
use super::harness::{Answer, Client, Mode, TestApp};

const AGAIN: &str = "This page has expired. Please try again.";
const ANN: [(&str, &str); 3] = [("username", "ann"), ("email", "ann@x.example"), ("password", PASSWORD)];

/// Registers with this challenge.
async fn register_with(client: &mut Client, challenge: &str) -> Answer {
    let fields: Vec<_> = ANN.into_iter().chain([("captcha", challenge)]).collect();
    client.post_bare("/register", &fields).await
}

/// Returns a challenge for this form, as its page gives it.
async fn unsolved(client: &Client, action: &str) -> String {
    let mut browser = client.clone();
    browser.mode = Mode::Form;
    browser.captcha(action).await.expect("a challenge")
}

async fn registrations(app: &TestApp) -> i64 {
    app.count("SELECT COUNT(*) FROM email_verification").await
}

#[tokio::test]
async fn a_form_without_its_challenge_is_refused_and_gets_the_next_challenge() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        for challenge in ["", "rubbish", "e30", "e30.1.00"] {
            let answer = register_with(&mut client, challenge).await;
            if mode == Mode::Script {
                assert_eq!(answer.status, 422);
                let next: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
                let next = next["captcha"]["challenge"].as_str().expect("a challenge").to_owned();
                assert!(register_with(&mut client.clone(), &solve(&next)).await.location().is_some());
            }
            assert!(client.seen(answer).await.contains(AGAIN), "{challenge}");
        }
    }
    assert_eq!(app.mails_to("ann@x.example").await.len(), 4, "only those of the next challenges");
}

#[tokio::test]
async fn a_challenge_is_valid_only_for_its_own_form_and_portal() {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let (app, other) = (TestApp::new().await, TestApp::with(&[("SECRET_KEY", key)]).await);
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        client.register("bob", &format!("{mode:?}@x.example"), PASSWORD).await;
        let of_resend = unsolved(&client, "/verify/resend").await;
        let of_another = unsolved(&other.client(mode), "/register").await;
        for wrong in [solve(&of_resend), solve(&of_another)] {
            let before = registrations(&app).await;
            let answer = register_with(&mut client, &wrong).await;
            assert!(client.seen(answer).await.contains(AGAIN));
            assert_eq!(registrations(&app).await, before);
        }
    }
}

#[tokio::test]
async fn a_wrong_solution_is_refused() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        let challenge = unsolved(&client, "/register").await;
        let solved = solve(&challenge);
        let (rest, digest) = solved.rsplit_once('.').expect("three parts");
        for wrong in
            [format!("{challenge}.8.{digest}"), format!("{rest}.{}", "0".repeat(64)), format!("{challenge}.0.")]
        {
            let answer = register_with(&mut client, &wrong).await;
            assert!(client.seen(answer).await.contains("We couldn't check that you're not a robot."));
        }
    }
    assert_eq!(registrations(&app).await, 0);
}

#[tokio::test]
async fn a_challenge_is_accepted_once_even_in_a_hundred_parallel_posts() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        let before = registrations(&app).await;
        let mut solved = unsolved(&app.client(mode), "/register").await;
        if mode == Mode::Script {
            solved = solve(&solved);
        }
        let answers = join_all((0..100).map(|_| {
            let (mut client, solved) = (app.client(mode), solved.clone());
            async move { register_with(&mut client, &solved).await }
        }))
        .await;
        let passed = answers.iter().filter(|answer| answer.location().as_deref() == Some("/verify")).count();
        assert_eq!((passed, registrations(&app).await - before), (1, 1), "{mode:?}");
    }
}

#[tokio::test]
async fn a_challenge_is_valid_for_an_hour_and_no_longer() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        let client = app.client(mode);
        let (early, late) = (unsolved(&client, "/register").await, unsolved(&client, "/register").await);
        app.advance(3_599);
        assert_eq!(register_with(&mut client.clone(), &solve(&early)).await.location().as_deref(), Some("/verify"));
        app.advance(1);
        let mut client = client.clone();
        let answer = register_with(&mut client, &solve(&late)).await;
        assert!(client.seen(answer).await.contains(AGAIN));
    }
}

#[tokio::test]
async fn without_a_script_a_form_sent_too_quickly_is_refused() {
    let app = TestApp::with(&[("PORTAL_FORM_MIN_FILL", "2")]).await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        let challenge = unsolved(&client, "/register").await;
        app.advance(1);
        let answer = register_with(&mut client, &challenge).await;
        if mode == Mode::Script {
            assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("1")));
        }
        let seen = client.seen(answer).await;
        assert!(seen.contains("The form was submitted too quickly."), "{seen}");
        assert!(mode == Mode::Script || seen.contains("Try again in 1 second."), "{seen}");
        app.advance(1);
        assert_eq!(register_with(&mut client, &challenge).await.location().as_deref(), Some("/verify"));
    }
    let mut client = app.script();
    let challenge = unsolved(&client, "/register").await;
    assert_eq!(
        register_with(&mut client, &solve(&challenge)).await.location().as_deref(),
        Some("/verify"),
        "solved: at once"
    );
}

#[tokio::test]
async fn the_hidden_field_must_stay_empty() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        let fields: Vec<_> = ANN.into_iter().chain([("website", "https://spam.example")]).collect();
        let answer = client.post("/register", &fields).await;
        assert!(client.seen(answer).await.contains("Leave the hidden field"));
    }
    assert_eq!(registrations(&app).await, 0);
}

#[tokio::test]
async fn an_ip_address_may_send_fewer_forms_without_a_solution() {
    let app = TestApp::with(&[("PORTAL_NO_JS_FORMS_PER_IP", "3"), ("PORTAL_OTP_PER_HOUR", "100")]).await;
    let mut client = app.form();
    for n in 0..3 {
        assert_eq!(
            client.register(&format!("ann{n}"), &format!("a{n}@x.example"), PASSWORD).await.location().as_deref(),
            Some("/verify")
        );
    }
    let answer = client.register("ann3", "a3@x.example", PASSWORD).await;
    let seen = client.seen(answer).await;
    assert!(seen.contains("without JavaScript") && seen.contains("Try again in 60 minutes."), "{seen}");
    let mut script = app.script();
    assert_eq!(script.register("ann4", "a4@x.example", PASSWORD).await.location().as_deref(), Some("/verify"));
    let mut elsewhere = app.form().at_ip("198.51.100.7");
    assert_eq!(elsewhere.register("ann5", "a5@x.example", PASSWORD).await.location().as_deref(), Some("/verify"));
    app.advance(3_600);
    assert_eq!(client.register("ann6", "a6@x.example", PASSWORD).await.location().as_deref(), Some("/verify"));
}

#[tokio::test]
async fn checking_a_username_requires_a_challenge() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        let fields = [("username", "ann"), ("email", "new@x.example"), ("password", PASSWORD)];
        let answer = client.post_bare("/register", &fields).await;
        assert!(!client.seen(answer).await.contains("taken"));
        let answer = client.post("/register", &fields).await;
        assert!(client.seen(answer).await.contains("This username is taken."));
    }
}

#[tokio::test]
async fn sending_a_new_code_requires_a_challenge() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        let email = format!("{mode:?}@x.example");
        client.register("ann", &email, PASSWORD).await;
        app.advance(60);
        let answer = client.post_bare("/verify/resend", &[]).await;
        assert!(client.seen(answer).await.contains(AGAIN));
        assert_eq!(app.mails_to(&email).await.len(), 1);
        let answer = client.post("/verify/resend", &[]).await;
        assert!(client.seen(answer).await.contains("We've sent a new code"));
        assert_eq!(app.mails_to(&email).await.len(), 2);
    }
}

#[tokio::test]
async fn an_error_in_a_field_does_not_use_up_the_challenge() {
    let app = TestApp::new().await;
    let mut client = app.script();
    let solved = client.captcha("/register").await.expect("a challenge");
    let answer = client.post_bare("/register", &[("username", "a b"), ("captcha", &solved)]).await;
    assert_eq!(answer.status, 422);
    assert_eq!(register_with(&mut client, &solved).await.location().as_deref(), Some("/verify"));
}

#[tokio::test]
async fn used_challenges_are_deleted_once_they_have_expired() {
    let app = TestApp::new().await;
    app.script().register("ann", "ann@x.example", PASSWORD).await;
    let kept = "SELECT COUNT(*) FROM spent_challenge";
    app.state.maintenance().purge().await.expect("purges");
    assert_eq!(app.count(kept).await, 1);
    app.advance(3_601);
    app.state.maintenance().purge().await.expect("purges");
    assert_eq!(app.count(kept).await, 0);
}
