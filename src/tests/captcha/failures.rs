//! After failures, challenges become harder and signing in requires one.

use super::unsolved;
use crate::harness::app::PASSWORD;
use crate::harness::captcha::{difficulty, solve};
use crate::harness::{Mode, TestApp};

#[tokio::test]
async fn challenges_get_harder_with_failures_from_an_ip_address_and_easy_again_after_an_hour() {
    let app = TestApp::with(&[("PORTAL_CAPTCHA_DIFFICULTY", "100"), ("PORTAL_LOGIN_FAILURES", "100")]).await;
    let mut attacker = app.script();
    let mut seen = Vec::new();
    for _ in 0..8 {
        seen.push(difficulty(&unsolved(&attacker, "/register").await));
        for _ in 0..5 {
            attacker.sign_in("ann", "another fine password").await;
        }
    }
    assert_eq!(seen, [100, 200, 400, 800, 1_600, 3_200, 3_200, 3_200]);
    assert_eq!(difficulty(&unsolved(&app.script().at_ip("198.51.100.7"), "/register").await), 100);
    app.advance(3_600);
    assert_eq!(difficulty(&unsolved(&attacker, "/register").await), 100);
}

#[tokio::test]
async fn a_challenge_that_was_solved_before_the_failures_is_replaced_by_a_harder_one() {
    let app = TestApp::with(&[("PORTAL_CAPTCHA_DIFFICULTY", "100"), ("PORTAL_LOGIN_FAILURES", "100")]).await;
    let mut client = app.script();
    let solved = client.captcha("/register").await.expect("a challenge");
    for _ in 0..5 {
        client.sign_in("ann", "another fine password").await;
    }
    let fields = |captcha: &str| ["ann", "ann@x.example", PASSWORD, captcha].map(str::to_owned);
    let names = ["username", "email", "password", "captcha"];
    let post = |client: &mut crate::harness::Client, captcha: &str| {
        let (mut client, values) = (client.clone(), fields(captcha));
        async move {
            let fields: Vec<_> = names.into_iter().zip(values.iter().map(String::as_str)).collect();
            client.post_bare("/register", &fields).await
        }
    };
    let answer = post(&mut client, &solved).await;
    assert!(answer.status == 422 && answer.body.contains("This page has expired."), "{}", answer.body);
    let next: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    let harder = solve(next["captcha"]["challenge"].as_str().expect("a challenge"));
    assert_eq!(post(&mut client, &harder).await.location().as_deref(), Some("/verify"));
}

#[tokio::test]
async fn signing_in_requires_a_challenge_after_five_failures_from_the_ip_address() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        let mut client = app.client(mode);
        for n in 0..5 {
            assert!(client.captcha("/login").await.is_none(), "{n}");
            client.sign_in(&format!("nobody{n}"), "another fine password").await;
        }
        let right = [("identifier", "ann"), ("password", PASSWORD)];
        let answer = client.post_bare("/login", &right).await;
        assert!(answer.location().as_deref() != Some("/dashboard"));
        let seen = client.seen(answer).await;
        assert!(seen.contains("We need to check that you're not a robot. Please try again."), "{seen}");
        assert_eq!(client.post("/login", &right).await.location().as_deref(), Some("/dashboard"));
        let mut owner = app.client(mode).at_ip("198.51.100.7");
        assert_eq!(owner.post_bare("/login", &right).await.location().as_deref(), Some("/dashboard"), "elsewhere");
    }
}

#[tokio::test]
async fn an_account_under_distributed_attack_requires_a_challenge_and_locks_no_user_out() {
    for mode in Mode::BOTH {
        let app = TestApp::with(&[("PORTAL_CAPTCHA_AFTER_ACCOUNT_FAILURES", "3")]).await;
        app.account("ann", "ann@x.example").await;
        app.account("bob", "bob@x.example").await;
        for (n, identifier) in ["ann", "ANN", "aNn"].into_iter().enumerate() {
            app.client(mode).at_ip(&format!("198.51.100.{n}")).sign_in(identifier, "another fine password").await;
        }
        let mut owner = app.client(mode).at_ip("203.0.113.9");
        let right = [("identifier", "ann"), ("password", PASSWORD)];
        let answer = owner.post_bare("/login", &right).await;
        let challenge = if mode == Mode::Script {
            let next: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
            solve(next["captcha"]["challenge"].as_str().expect("a challenge"))
        } else {
            assert_eq!(answer.location().as_deref(), Some("/login"));
            owner.captcha("/login").await.expect("a challenge")
        };
        let fields: Vec<_> = right.into_iter().chain([("captcha", challenge.as_str())]).collect();
        assert_eq!(owner.post_bare("/login", &fields).await.location().as_deref(), Some("/dashboard"));
        let mut other = app.client(mode).at_ip("203.0.113.9");
        let right = [("identifier", "bob"), ("password", PASSWORD)];
        assert_eq!(
            other.post_bare("/login", &right).await.location().as_deref(),
            Some("/dashboard"),
            "another account"
        );
    }
}
