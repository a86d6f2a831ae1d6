//! Limits per IP address: how much one client may request.

use futures::future::join_all;

use super::harness::app::{PASSWORD, wrong_code};
use super::harness::captcha::solve;
use super::harness::{Mode, TestApp};

#[tokio::test]
async fn a_hundred_parallel_registrations_get_no_more_codes_than_the_limit() {
    for mode in Mode::BOTH {
        let app = TestApp::with(&[
            ("PORTAL_CODES_PER_IP", "10"),
            ("PORTAL_NO_JS_FORMS_PER_IP", "1000"),
            ("PORTAL_HASH_QUEUE", "300"),
        ])
        .await;
        let answers = join_all((0..100).map(|n| {
            let mut client = app.client(mode);
            async move { client.register(&format!("ann{n}"), &format!("a{n}@x.example"), PASSWORD).await }
        }))
        .await;
        let passed = answers.iter().filter(|answer| answer.location().as_deref() == Some("/verify")).count();
        let stored = app.count("SELECT COUNT(*) FROM otp").await;
        assert_eq!((passed, stored), (10, 10), "{mode:?}");
        if mode == Mode::Script {
            let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
            assert_eq!(refused.len(), 90);
            assert!(refused.iter().all(|answer| answer.header("retry-after") == Some("3600")));
        }
    }
}

#[tokio::test]
async fn codes_are_counted_by_ip_address_across_recipients_and_forms() {
    for mode in Mode::BOTH {
        let app = TestApp::with(&[("PORTAL_CODES_PER_IP", "4")]).await;
        let mut client = app.client(mode).at_ip("2001:db8:1:2::1");
        client.register("ann", "a@x.example", PASSWORD).await;
        app.advance(60);
        assert!(client.post("/verify/resend", &[]).await.location().is_some());
        assert!(client.post("/verify/email", &[("email", "b@x.example")]).await.location().is_some());
        let mut neighbour = app.client(mode).at_ip("2001:db8:1:2:9::9");
        assert_eq!(neighbour.register("bob", "c@x.example", PASSWORD).await.location().as_deref(), Some("/verify"));
        for (path, fields) in [
            ("/register", &[("username", "eve"), ("email", "d@x.example"), ("password", PASSWORD)][..]),
            ("/verify/email", &[("email", "e@x.example")][..]),
        ] {
            let answer = client.post(path, fields).await;
            let seen = client.seen(answer).await;
            assert!(seen.contains("Too many codes have been requested from your network."), "{path}: {seen}");
            let wait = if mode == Mode::Form { "Try again in 59 minutes." } else { "\"retry_after\":3540" };
            assert!(seen.contains(wait), "{path}: {seen}");
        }
        app.advance(60);
        let answer = client.post("/verify/resend", &[]).await;
        assert!(client.seen(answer).await.contains("Too many codes have been requested from your network"));
        let mut elsewhere = app.client(mode).at_ip("2001:db8:1:3::1");
        assert_eq!(elsewhere.register("kim", "f@x.example", PASSWORD).await.location().as_deref(), Some("/verify"));
    }
}

#[tokio::test]
async fn after_many_wrong_codes_from_a_network_its_codes_are_long_and_right_ones_are_accepted() {
    for mode in Mode::BOTH {
        let app = TestApp::with(&[("PORTAL_WRONG_CODES_PER_IP", "6")]).await;
        let mut honest = app.client(mode);
        honest.register("bob", "b@x.example", PASSWORD).await;
        let code = app.code_for("b@x.example").await;
        for n in 0..2 {
            let mut client = app.client(mode);
            let email = format!("a{n}@x.example");
            client.register(&format!("ann{n}"), &email, PASSWORD).await;
            let code = app.code_for(&email).await;
            for tries in 0..3 {
                client.verify(&wrong_code(&code, tries)).await;
            }
        }
        assert_eq!(honest.verify(&code).await.location().as_deref(), Some("/login"));
        let mut next = app.client(mode);
        next.register("kim", "c@x.example", PASSWORD).await;
        let long = app.long_code_for("c@x.example").await;
        assert_eq!(next.verify(&long).await.location().as_deref(), Some("/login"));
        let mut elsewhere = app.client(mode).at_ip("198.51.100.7");
        elsewhere.register("liz", "d@x.example", PASSWORD).await;
        assert_eq!(app.code_for("d@x.example").await.len(), 6);
    }
}

#[tokio::test]
async fn after_many_wrong_passwords_from_a_network_it_needs_a_challenge_except_for_known_devices() {
    for mode in Mode::BOTH {
        let app =
            TestApp::with(&[("PORTAL_LOGIN_FAILURES_PER_IP", "8"), ("PORTAL_CAPTCHA_AFTER_FAILURES", "1000")]).await;
        app.account("ann", "ann@x.example").await;
        let mut known = app.client(mode);
        known.sign_in("ann", PASSWORD).await;
        known.post("/logout", &[]).await;
        let mut client = app.client(mode);
        for n in 0..8 {
            // A correct one in between is not a failure.
            assert_eq!(client.clone().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"), "{n}");
            client.sign_in(&format!("nobody{n}"), "another fine password").await;
        }
        let right = [("identifier", "ann"), ("password", PASSWORD)];
        let answer = client.post_bare("/login", &right).await;
        assert!(answer.location().as_deref() != Some("/dashboard"));
        let challenge = if mode == Mode::Script {
            let next: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
            solve(next["captcha"]["challenge"].as_str().expect("a challenge"))
        } else {
            client.captcha("/login").await.expect("a challenge")
        };
        let fields: Vec<_> = right.into_iter().chain([("captcha", challenge.as_str())]).collect();
        assert_eq!(client.post_bare("/login", &fields).await.location().as_deref(), Some("/dashboard"));
        assert_eq!(known.post_bare("/login", &right).await.location().as_deref(), Some("/dashboard"), "a known device");
        let mut elsewhere = app.client(mode).at_ip("198.51.100.7");
        assert_eq!(elsewhere.post_bare("/login", &right).await.location().as_deref(), Some("/dashboard"));
    }
}

#[tokio::test]
async fn ipv6_networks_have_limits_for_each_48_bits_as_well() {
    let app = TestApp::with(&[("PORTAL_CODES_PER_IP", "1")]).await;
    for n in 0..16 {
        let mut client = app.script().at_ip(&format!("2001:db8:1:{n}00::1"));
        let answer = client.register(&format!("ann{n}"), &format!("a{n}@x.example"), PASSWORD).await;
        assert_eq!(answer.location().as_deref(), Some("/verify"), "{n}");
    }
    let refused = app.script().at_ip("2001:db8:1:ff00::1").register("bob", "b@x.example", PASSWORD).await;
    assert_eq!(refused.status, 429);
    let elsewhere = app.script().at_ip("2001:db8:2::1").register("kim", "c@x.example", PASSWORD).await;
    assert_eq!(elsewhere.location().as_deref(), Some("/verify"));
}

#[tokio::test]
async fn limits_survive_a_restart() {
    let settings = [("PORTAL_CODES_PER_IP", "2"), ("PORTAL_LOGIN_FAILURES", "3")];
    let app = TestApp::with(&settings).await;
    app.account("ann", "ann@x.example").await;
    app.script().register("bob", "bob@x.example", PASSWORD).await;
    for _ in 0..3 {
        app.script().sign_in("ann", "another fine password").await;
    }
    let used = app.script().captcha("/register").await.expect("a challenge");
    let fields = [("username", "eve"), ("email", "eve@x.example"), ("password", PASSWORD), ("captcha", used.as_str())];
    let mut elsewhere = app.script().at_ip("198.51.100.7");
    assert_eq!(elsewhere.post_bare("/register", &fields).await.location().as_deref(), Some("/verify"));

    let app = app.restart(&settings).await;
    assert_eq!(app.script().register("kim", "kim@x.example", PASSWORD).await.status, 429, "codes");
    assert_eq!(app.script().sign_in("ann", PASSWORD).await.status, 429, "sign-in failures");
    let mut elsewhere = app.script().at_ip("203.0.113.9");
    assert_eq!(elsewhere.post_bare("/register", &fields).await.status, 422, "used challenges");
    let mut elsewhere = app.script().at_ip("203.0.113.9");
    assert_eq!(elsewhere.register("liz", "liz@x.example", PASSWORD).await.location().as_deref(), Some("/verify"));
}

#[tokio::test]
async fn a_client_without_cookies_creates_no_more_sessions_than_the_limit() {
    let app = TestApp::with(&[("PORTAL_ANONYMOUS_SESSIONS_PER_IP", "3")]).await;
    let sessions = "SELECT COUNT(*) FROM session";
    let refused = [("username", "a b")];
    let mut keeps_its_cookie = app.form();
    for _ in 0..3 {
        assert_eq!(keeps_its_cookie.post_bare("/register", &refused).await.location().as_deref(), Some("/register"));
    }
    assert_eq!(app.count(sessions).await, 1);
    for n in 0..10 {
        let answer = app.form().post_bare("/register", &refused).await;
        if n == 0 {
            assert_eq!(answer.location().as_deref(), Some("/register"), "{n}");
        } else {
            assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("60")), "{n}");
            assert!(answer.body.contains("Too many requests from your network."), "{}", answer.body);
        }
        let nothing_pending = app.form().get("/verify").await;
        assert_eq!(nothing_pending.location().as_deref(), Some("/register"), "{n}");
    }
    assert_eq!(app.count(sessions).await, 3);
    assert_eq!(
        app.script().post_bare("/register", &refused).await.status,
        422,
        "a script gets its error without a session"
    );
    assert_eq!(keeps_its_cookie.post_bare("/register", &refused).await.location().as_deref(), Some("/register"));
    assert!(app.form().at_ip("198.51.100.7").post_bare("/register", &refused).await.location().is_some());
    app.advance(1_200);
    assert!(app.form().post_bare("/register", &refused).await.location().is_some());
}
