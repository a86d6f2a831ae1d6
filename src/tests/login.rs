//! Signing in: which sign-ins succeed, and which have to wait.

use std::time::Instant;

use futures::future::join_all;

use super::harness::app::PASSWORD;
use super::harness::{Mode, TestApp, without_random};
use portal::rng::Rng;

const NO_MATCH: &str = "Incorrect username, email or password.";

#[tokio::test]
async fn username_and_email_both_sign_in_in_any_case() {
    let app = TestApp::new().await;
    app.account("Ann.Lee", "ann@x.example").await;
    for mode in Mode::BOTH {
        for identifier in ["ann.lee", "ANN.LEE", "ann@X.example", " ann.lee "] {
            let mut client = app.client(mode);
            let to = client.sign_in(identifier, PASSWORD).await.location();
            assert_eq!(to.as_deref(), Some("/dashboard"), "{identifier}");
            assert!(client.get("/dashboard").await.body.contains("Ann.Lee"));
        }
    }
}

#[tokio::test]
async fn unknown_wrong_unverified_and_disabled_look_the_same() {
    let app = TestApp::with(&[("PORTAL_CAPTCHA_AFTER_FAILURES", "100")]).await;
    app.account("ann", "ann@x.example").await;
    app.account("gone", "gone@x.example").await;
    app.execute("UPDATE account SET disabled_at = 1 WHERE username = 'gone'").await;
    app.form().register("waiting", "waiting@x.example", PASSWORD).await;
    for mode in Mode::BOTH {
        let mut seen = Vec::new();
        for (identifier, password) in [
            ("nobody", PASSWORD),
            ("ann", "another fine password"),
            ("waiting", PASSWORD),
            ("gone", PASSWORD),
            ("ann", "x"),
        ] {
            let mut client = app.client(mode);
            let answer = client.sign_in(identifier, password).await;
            let status = answer.status;
            let body = client.seen(answer).await;
            assert!(body.contains(NO_MATCH), "{identifier}");
            // The identifier is shown again and random values differ; neither reveals anything.
            let body = body.replace(identifier, "…");
            seen.push((status, without_random(&body)));
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
    }
}

#[tokio::test]
async fn empty_fields_have_their_own_messages_and_the_identifier_is_kept() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        let answer = client.sign_in("", "").await;
        let seen = client.seen(answer).await;
        assert!(seen.contains("Enter your username or email address.") && seen.contains("Enter your password."));
    }
    let mut client = app.form();
    let answer = client.sign_in("somebody", "some wrong password").await;
    assert_eq!(answer.location().as_deref(), Some("/login"));
    let page = client.seen(answer).await;
    assert!(page.contains("value=\"somebody\"") && !page.contains("some wrong password"));
}

#[tokio::test]
async fn after_five_failures_the_wait_doubles_with_each_attempt_up_to_15_minutes() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        let mut client = app.client(mode);
        for _ in 0..5 {
            let answer = client.sign_in("ann", "another fine password").await;
            assert!(client.seen(answer).await.contains(NO_MATCH));
        }
        for wait in [30, 60, 120, 240, 480, 900, 900] {
            app.advance(wait - 1);
            let early = client.sign_in("ann", PASSWORD).await;
            if mode == Mode::Script {
                assert_eq!((early.status.as_u16(), early.header("retry-after")), (429, Some("1")));
            }
            let seen = client.seen(early).await;
            assert!(seen.contains("Too many attempts."), "{wait}");
            assert!(mode == Mode::Script || seen.contains("Try again in 1 second."), "{wait}");
            app.advance(1);
            let answer = client.sign_in("ann", "another fine password").await;
            assert!(client.seen(answer).await.contains(NO_MATCH), "{wait}");
        }
        app.advance(900);
        assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    }
}

#[tokio::test]
async fn failures_are_reset_after_five_quiet_minutes_or_by_a_success() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.script();
    for round in 0..3 {
        for _ in 0..4 {
            assert_eq!(client.sign_in("ann", "another fine password").await.status, 422, "round {round}");
        }
        if round == 1 {
            assert_eq!(client.clone().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        } else {
            app.advance(301);
        }
    }
}

#[tokio::test]
async fn username_and_email_share_one_count_and_the_response_does_not_reveal_it() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.script();
    for identifier in ["ann", "ANN", "ann@x.example", "Ann@X.example", "aNN"] {
        assert_eq!(client.sign_in(identifier, "another fine password").await.status, 422);
    }
    let answer = client.sign_in("ann@x.EXAMPLE", PASSWORD).await;
    assert!(answer.status == 422 && answer.body.contains(NO_MATCH), "{}", answer.body);
    app.advance(30);
    assert_eq!(client.sign_in("ann@x.EXAMPLE", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

/// The spellings of each name mean the same to the portal, so they share one count with and without an account.
#[tokio::test]
async fn no_sequence_of_spellings_reveals_whether_there_is_an_account() {
    let spellings = [
        ["known@gmail.com", "other@gmail.com"],
        ["KNOWN@gmail.com", "OTHER@gmail.com"],
        ["known@ｇmail.com", "other@ｇmail.com"],
        ["known@gmail。com", "other@gmail。com"],
        ["known@ⓖmail.com", "other@ⓖmail.com"],
        ["known", "other"],
        ["KNOWN", "OTHER"],
    ];
    let app = TestApp::new().await;
    app.account("known", "known@gmail.com").await;
    let rng = Rng::from_seed(7);
    for round in 0..20 {
        let ip = format!("198.51.100.{round}");
        let (mut known, mut other) = (app.script().at_ip(&ip), app.script().at_ip(&format!("203.0.113.{round}")));
        let mut seen = Vec::new();
        for _ in 0..9 {
            let spelling = spellings[rng.below(7) as usize];
            let mut answers = Vec::new();
            for (client, identifier) in [(&mut known, spelling[0]), (&mut other, spelling[1])] {
                let answer = client.sign_in(identifier, "another fine password").await;
                let retry = answer.header("retry-after").map(str::to_owned);
                let body = without_random(&answer.body).replace("known", "…").replace("other", "…");
                answers.push((answer.status, retry, body));
            }
            seen.push(spelling[0]);
            assert_eq!(answers[0], answers[1], "{seen:?}");
        }
        app.advance(86_401);
    }
}

#[tokio::test]
async fn guessing_at_an_account_from_everywhere_ends_and_the_owner_is_told_and_signs_in() {
    let app = TestApp::with(&[("PORTAL_CAPTCHA_AFTER_ACCOUNT_FAILURES", "1000")]).await;
    app.account("ann", "ann@x.example").await;
    let mut owner = app.form();
    owner.sign_in("ann", PASSWORD).await;
    owner.post("/logout", &[]).await;
    let guess = |n: usize| {
        let mut client = app.script().at_ip(&format!("198.51.{}.{}", 100 + n / 250, n % 250));
        async move { client.sign_in(["ann", "ann@x.example"][n % 2], "another fine password").await }
    };
    for n in 0..100 {
        assert_eq!(guess(n).await.status, 422, "{n}");
        app.advance(1);
    }
    let refused = guess(100).await;
    assert!(refused.status == 429 && refused.body.contains("Use a browser that you signed in with before"));
    let told = app.mails_to("ann@x.example").await;
    let told: Vec<_> = told.iter().filter(|(subject, _)| subject.contains("trying to sign in")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].1.contains("50 times in a row"), "{told:?}");
    // A day later the name is accepted again, but not for this account.
    app.advance(86_400);
    let mut stranger = app.script().at_ip("203.0.113.7");
    let answer = stranger.sign_in("ann", PASSWORD).await;
    assert!(answer.status == 422 && answer.body.contains(NO_MATCH), "{}", answer.body);
    assert_eq!(owner.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"), "a known device");
    assert_eq!(stranger.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"), "after a success");
}

#[tokio::test]
async fn failures_on_a_known_device_are_limited_by_themselves() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut owner = app.script();
    owner.sign_in("ann", PASSWORD).await;
    owner.post("/logout", &[]).await;
    for _ in 0..5 {
        assert_eq!(owner.sign_in("ann", "another fine password").await.status, 422);
    }
    assert_eq!(owner.sign_in("ann", PASSWORD).await.status, 429);
    let mut neighbour = app.script();
    assert_eq!(neighbour.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn an_unknown_username_has_to_wait_as_well() {
    let app = TestApp::new().await;
    let mut client = app.script();
    for _ in 0..5 {
        assert_eq!(client.sign_in("nobody", "another fine password").await.status, 422);
    }
    assert_eq!(client.sign_in("NOBODY", "another fine password").await.status, 429);
}

#[tokio::test]
async fn guessing_from_another_ip_address_does_not_lock_the_owner_out() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut attacker = app.script().at_ip("2001:db8:1:2::1");
    for _ in 0..5 {
        attacker.sign_in("ann", "another fine password").await;
    }
    let mut neighbour = app.script().at_ip("2001:db8:1:2:3:4:5:6");
    assert_eq!(neighbour.sign_in("ann", PASSWORD).await.status, 429, "the same /64");
    let mut owner = app.script().at_ip("2001:db8:1:3::1");
    assert_eq!(owner.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn a_burst_of_two_hundred_evaluates_no_more_than_the_limit() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let answers = join_all((0..200).map(|_| {
        let mut client = app.script();
        async move { client.sign_in("ann", "another fine password").await }
    }))
    .await;
    let evaluated = answers.iter().filter(|answer| answer.body.contains(NO_MATCH)).count();
    assert!(evaluated <= 5, "{evaluated}");
    // Attempts are refused and not counted while the hashing queue is full.
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 422 | 429 | 503)));
}

#[tokio::test]
async fn forwarded_headers_of_an_untrusted_peer_give_no_new_attempts() {
    let app = TestApp::new().await;
    let mut client = app.script();
    for n in 0..5 {
        client.headers = vec![("x-forwarded-for", format!("198.51.100.{n}"))];
        client.sign_in("ann", "another fine password").await;
    }
    client.headers = vec![("x-forwarded-for", "198.51.100.99".into())];
    assert_eq!(client.sign_in("ann", "another fine password").await.status, 429);
}

#[tokio::test]
async fn a_forwarded_ip_address_counts_behind_a_trusted_proxy() {
    let app = TestApp::with(&[("TRUSTED_PROXIES", "192.0.2.0/24")]).await;
    for n in 0..6 {
        let mut client = app.script();
        client.headers = vec![("x-forwarded-for", format!("198.51.100.{n}"))];
        assert_eq!(client.sign_in("ann", "another fine password").await.status, 422);
    }
}

#[tokio::test]
async fn next_leads_only_to_a_local_path() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    for mode in Mode::BOTH {
        for (next, to) in [
            ("/dashboard?tab=1", "/dashboard?tab=1"),
            ("//evil.example", "/dashboard"),
            ("https://evil.example", "/dashboard"),
            ("/\\evil.example", "/dashboard"),
            ("/a\r\nSet-Cookie: x=1", "/dashboard"),
            ("", "/dashboard"),
        ] {
            let mut client = app.client(mode);
            let answer = client.post("/login", &[("identifier", "ann"), ("password", PASSWORD), ("next", next)]).await;
            assert_eq!(answer.location().as_deref(), Some(to), "{next:?}");
        }
    }
    let mut client = app.form();
    let page = client.get("/login?next=/dashboard").await.body;
    assert!(page.contains("name=\"next\"") && page.contains("value=\"/dashboard\""));
    let page = client.get("/login?next=//evil.example").await.body;
    assert!(!page.contains("evil.example"));
}

#[tokio::test]
async fn next_survives_a_wrong_password() {
    let app = TestApp::new().await;
    let mut client = app.form();
    let fields = [("identifier", "ann"), ("password", "another fine password"), ("next", "/dashboard?tab=1")];
    let answer = client.post("/login", &fields).await;
    assert_eq!(answer.location().as_deref(), Some("/login"));
    assert!(client.seen(answer).await.contains("value=\"/dashboard?tab=1\""));
}

#[tokio::test]
async fn a_password_is_never_truncated_to_a_correct_one() {
    let app = TestApp::new().await;
    let longest: String = PASSWORD.chars().cycle().take(128).collect();
    let mut client = app.form();
    client.register("ann", "ann@x.example", &longest).await;
    let code = app.code_for("ann@x.example").await;
    assert_eq!(client.verify(&code).await.location().as_deref(), Some("/login"));
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        let answer = client.sign_in("ann", &format!("{longest}x")).await;
        assert!(client.seen(answer).await.contains(NO_MATCH));
        assert_eq!(client.sign_in("ann", &longest).await.location().as_deref(), Some("/dashboard"));
    }
}

/// ASVS 5.0, V6.3.8, measured coarsely here and precisely in the benchmarks.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "measures how long an answer takes")]
async fn an_unknown_username_and_a_disabled_account_take_as_long_as_a_wrong_password() {
    let settings = [("PORTAL_LOGIN_FAILURES", "100"), ("PORTAL_CAPTCHA_AFTER_FAILURES", "1000")];
    let app = TestApp::with(&settings).await;
    app.account("ann", "ann@x.example").await;
    app.account("gone", "gone@x.example").await;
    app.execute("UPDATE account SET disabled_at = 1 WHERE username = 'gone'").await;
    let who = ["ann", "nobody", "gone"];
    let mut times = who.map(|_| Vec::new());
    for _ in 0..15 {
        for (name, times) in who.iter().zip(&mut times) {
            let mut client = app.script();
            let began = Instant::now();
            client.post_bare("/login", &[("identifier", name), ("password", "another fine password")]).await;
            times.push(began.elapsed());
        }
    }
    let [wrong, unknown, disabled] = times.map(|mut times| {
        times.sort();
        times[7]
    });
    for other in [unknown, disabled] {
        // Other tests use the same cores. A skipped step would account for most of the time.
        let difference = wrong.abs_diff(other);
        assert!(difference.as_millis() < 10 || difference < wrong / 3, "{wrong:?} {unknown:?} {disabled:?}");
    }
}
