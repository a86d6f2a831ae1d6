//! Verification codes: their lifetime, their attempts, their races.

use futures::future::join_all;

use super::harness::app::{PASSWORD, wrong_code};
use super::harness::{Client, Mode, TestApp};

/// A browser that waits for its code, and the code.
async fn waiting(app: &TestApp, mode: Mode) -> (Client, String) {
    let mut client = app.client(mode);
    client.register("ann", "ann@x.example", PASSWORD).await;
    (client, app.code_for("ann@x.example").await)
}

#[tokio::test]
async fn a_code_is_accepted_at_4_59_and_refused_at_5_01() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let (mut client, code) = waiting(&app, mode).await;
        app.advance(299);
        assert_eq!(client.verify(&code).await.location().as_deref(), Some("/login"));

        let app = TestApp::new().await;
        let (mut client, code) = waiting(&app, mode).await;
        app.advance(301);
        let answer = client.verify(&code).await;
        assert_eq!(answer.location().as_deref(), Some("/register"));
        let page = client.seen(answer).await;
        assert!(page.contains("Your code has expired. Start again to get a new one."));
        assert!(
            page.contains("value=\"ann\"") && page.contains("value=\"ann@x.example\""),
            "the typed values are filled in"
        );
        assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 0);
    }
}

#[tokio::test]
async fn setting_the_clock_back_revives_no_code() {
    let app = TestApp::new().await;
    let (mut client, code) = waiting(&app, Mode::Form).await;
    app.clock.set(app.clock.now() - std::time::Duration::from_secs(3_600));
    assert_ne!(client.verify(&code).await.location().as_deref(), Some("/login"));
}

#[tokio::test]
async fn reloading_the_page_after_expiry_leads_back_to_register() {
    let app = TestApp::new().await;
    let (mut client, _) = waiting(&app, Mode::Form).await;
    app.advance(299);
    assert_eq!(client.get("/verify").await.status, 200);
    app.advance(1);
    assert_eq!(client.get("/verify").await.location().as_deref(), Some("/register"));
}

#[tokio::test]
async fn spaces_and_hyphens_in_a_code_are_ignored() {
    let app = TestApp::new().await;
    let (mut client, code) = waiting(&app, Mode::Form).await;
    let typed = format!(" {}-{} ", &code[..3], &code[3..]);
    assert_eq!(client.verify(&typed).await.location().as_deref(), Some("/login"));
}

#[tokio::test]
async fn a_wrong_code_costs_an_attempt_and_the_page_says_how_many_are_left() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let (mut client, code) = waiting(&app, mode).await;
        for (n, left) in [(0, "4 attempts"), (1, "3 attempts"), (2, "2 attempts"), (3, "1 attempt")] {
            let answer = client.verify(&wrong_code(&code, n)).await;
            if mode == Mode::Script {
                assert_eq!(answer.status, 422);
            }
            let seen = client.seen(answer).await;
            assert!(seen.contains(&format!("That code is incorrect or has expired. {left} left.")), "{seen}");
            assert!(!seen.contains(&wrong_code(&code, n)), "a code is never shown again");
        }
        let fifth = client.verify(&wrong_code(&code, 4)).await;
        assert_eq!(fifth.location().as_deref(), Some("/register"));
        assert!(client.seen(fifth).await.contains("too many incorrect codes"));
        let sixth = client.verify(&code).await;
        assert_ne!(sixth.location().as_deref(), Some("/login"), "the sixth attempt is refused even if correct");
    }
}

#[tokio::test]
async fn a_malformed_code_costs_no_attempt() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let (mut client, code) = waiting(&app, mode).await;
        for (typed, message) in [
            ("", "Enter the code from the email."),
            ("12345", "The code has 6 digits."),
            ("abcdef", "The code has 6 digits."),
        ] {
            for _ in 0..3 {
                let answer = client.verify(typed).await;
                assert!(client.seen(answer).await.contains(message));
            }
        }
        assert_eq!(client.verify(&code).await.location().as_deref(), Some("/login"));
    }
}

#[tokio::test]
async fn a_hundred_parallel_guesses_count_as_at_most_five() {
    let app = TestApp::new().await;
    let (client, code) = waiting(&app, Mode::Script).await;
    let guesses = (0..100).map(|n| {
        let mut client = client.clone();
        let guess = wrong_code(&code, n);
        async move { client.verify(&guess).await }
    });
    let answers = join_all(guesses).await;
    let evaluated =
        answers.iter().filter(|answer| answer.body.contains("That code is incorrect or has expired")).count();
    assert!(evaluated <= 5, "{evaluated} were evaluated");
    assert_eq!(app.count("SELECT tries FROM email_verification").await, 5);
    assert_eq!(app.count("SELECT COUNT(*) FROM attempt WHERE kind = 'email_code' AND outcome = 'failed'").await, 5);
    assert_ne!(client.clone().verify(&code).await.location().as_deref(), Some("/login"));
}

#[tokio::test]
async fn only_one_of_sixteen_parallel_correct_answers_succeeds() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let (client, code) = waiting(&app, mode).await;
        let answers = join_all((0..16).map(|_| {
            let (mut client, code) = (client.clone(), code.clone());
            async move { client.verify(&code).await }
        }))
        .await;
        let successes = answers.iter().filter(|answer| answer.location().as_deref() == Some("/login")).count();
        assert_eq!(successes, 1);
        assert!(answers.iter().all(|answer| !answer.status.is_server_error()));
        assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 1);
    }
}

#[tokio::test]
async fn without_the_flow_cookie_a_client_can_neither_verify_nor_use_up_attempts() {
    let app = TestApp::new().await;
    let (mut client, code) = waiting(&app, Mode::Form).await;
    let mut stranger = app.form();
    for _ in 0..10 {
        assert_eq!(stranger.verify(&code).await.location().as_deref(), Some("/register"));
    }
    stranger.cookies.insert("portal_flow".into(), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into());
    assert_eq!(stranger.verify(&code).await.location().as_deref(), Some("/register"));
    assert_eq!(client.verify(&code).await.location().as_deref(), Some("/login"));
}

#[tokio::test]
async fn after_many_wrong_codes_for_an_email_its_codes_are_long_and_right_ones_are_accepted() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut waiting = app.client(mode);
        waiting.register("ann", "ann@x.example", PASSWORD).await;
        let code = app.code_for("ann@x.example").await;
        for flow in 0..3 {
            let mut stranger = app.form();
            stranger.register(&format!("ann{flow}"), "ann@x.example", PASSWORD).await;
            for n in 0..5 {
                stranger.verify(&wrong_code(&code, n)).await;
            }
        }
        let mut late = app.client(mode);
        late.register("late", "ann@x.example", PASSWORD).await;
        let page = late.get("/verify").await.body;
        assert!(page.contains("12-character code") && !page.contains("6-digit"), "{page}");
        assert!(!page.contains("inputmode"), "letters can be typed on a phone");
        let long = app.long_code_for("ann@x.example").await;
        let answer = late.verify(&wrong_code(&code, 7)).await;
        assert!(late.seen(answer).await.contains("That code is incorrect or has expired. 4 attempts left."));
        // The code that was mailed before still works, and so does the long one as typed by hand.
        assert_eq!(waiting.verify(&code).await.location().as_deref(), Some("/login"));
        let answer = late.verify(&long.to_lowercase().replace('-', " ")).await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
        assert!(late.seen(answer).await.contains("already has an account"));
    }
}

#[tokio::test]
async fn a_correct_code_leaves_no_failed_attempt_behind() {
    let app = TestApp::new().await;
    let (mut client, code) = waiting(&app, Mode::Form).await;
    client.verify(&wrong_code(&code, 0)).await;
    client.verify(&code).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM attempt WHERE kind = 'email_code' AND outcome = 'failed'").await, 1);
}

#[tokio::test]
async fn a_username_taken_meanwhile_can_be_replaced_after_the_email_is_verified() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let (mut client, code) = waiting(&app, mode).await;
        app.account("Ann", "other@x.example").await;
        let answer = client.verify(&code).await;
        assert_eq!(answer.location().as_deref(), Some("/verify"));
        let page = client.seen(answer).await;
        assert!(page.contains("action=\"/verify/username\""), "the page asks for another username");
        for (typed, message) in
            [("", "Enter a username."), ("ann", "This username is taken."), ("a!", "Use only the letters")]
        {
            let answer = client.post("/verify/username", &[("username", typed)]).await;
            assert!(client.seen(answer).await.contains(message), "{message}");
        }
        // The verification outlives the code.
        app.advance(1_000);
        let answer = client.post("/verify/username", &[("username", "ann.lee")]).await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
        assert_eq!(client.sign_in("ann.lee", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    }
}

#[tokio::test]
async fn fifty_registrations_of_one_email_verified_in_parallel_create_one_account() {
    let app = TestApp::with(&[("PORTAL_OTP_PER_HOUR", "100"), ("PORTAL_OTP_PER_DAY", "100")]).await;
    let mut flows = Vec::new();
    for n in 0..50 {
        let mut client = app.form();
        let email = if n % 2 == 0 { "ann@x.example" } else { "ANN@X.example" };
        client.register(&format!("ann{n}"), email, PASSWORD).await;
        flows.push((client, app.code_for(email).await));
    }
    // The limit on wrong codes counts each attempt before comparing the code, so only a few flows run at a time.
    for flows in flows.chunks(10) {
        let answers =
            join_all(flows.iter().cloned().map(|(mut client, code)| async move { client.verify(&code).await }));
        assert!(answers.await.iter().all(|answer| answer.status == 303));
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 1);
}

#[tokio::test]
async fn the_code_is_only_in_the_mail() {
    let app = TestApp::new().await;
    let (mut client, code) = waiting(&app, Mode::Form).await;
    let page = client.get("/verify").await;
    assert!(!page.body.contains(&code));
    assert!(client.cookies.values().all(|value| !value.contains(&code)));
    assert!(page.headers.values().all(|value| !value.to_str().unwrap_or_default().contains(&code)));
    let bytes = app.database_bytes();
    assert!(!bytes.windows(6).any(|window| window == code.as_bytes()), "only a keyed hash is in the database");
}
