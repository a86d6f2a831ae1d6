//! The second step of signing in.

use futures::future::join_all;

use super::{PASSWORD, TestApp, WRONG, enrolled, events, half, is_signed_in, lets_in, step};
use crate::harness::{Mode, without_random};

const COOKIE: &str = "portal_session";

#[tokio::test]
async fn a_clock_may_be_off_by_one_step_and_no_more() {
    for (off, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
        let app = TestApp::new().await;
        let ann = enrolled(&app, Mode::Form).await;
        app.advance(10 * 30);
        let code = ann.phone.code_off_by(app.clock.now(), off);
        for mode in Mode::BOTH {
            // The first mode used the time step, so it is reset for the second.
            app.execute("UPDATE totp SET last_step = 0").await;
            assert_eq!(lets_in(&app, mode, &code).await, good, "{off}");
        }
    }
}

#[tokio::test]
async fn a_time_step_is_accepted_once_even_after_a_restart_and_no_earlier_one_is() {
    let app = TestApp::new().await;
    let ann = enrolled(&app, Mode::Form).await;
    app.advance(60);
    let (before, code) = (ann.phone.code_off_by(app.clock.now(), -1), ann.phone.code(app.clock.now()));
    assert!(lets_in(&app, Mode::Script, &code).await);
    for mode in Mode::BOTH {
        assert!(!lets_in(&app, mode, &code).await && !lets_in(&app, mode, &before).await);
    }
    let app = app.restart(&[]).await;
    for mode in Mode::BOTH {
        assert!(!lets_in(&app, mode, &code).await);
    }
    app.advance(30);
    assert!(lets_in(&app, Mode::Form, &ann.phone.code(app.clock.now())).await);
}

#[tokio::test]
async fn one_of_sixteen_parallel_posts_of_a_code_signs_in() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        app.advance(30);
        for code in [ann.phone.code(app.clock.now()), ann.codes[0].clone()] {
            // Half of them from one browser, half from browsers of their own.
            let shared = half(&app, mode).await;
            let mut clients = vec![shared; 8];
            for _ in 0..8 {
                clients.push(half(&app, mode).await);
            }
            let posts = clients.iter_mut().map(|client| step(client, &code));
            let answers = join_all(posts).await;
            let entered = answers.iter().filter(|it| it.location().as_deref() == Some("/dashboard")).count();
            assert_eq!(entered, 1, "{mode:?}");
            let signed_in = join_all(clients.iter().map(is_signed_in)).await;
            // The other requests of the one browser hold its previous cookie, which is invalid.
            assert_eq!(signed_in.into_iter().filter(|it| *it).count(), 1);
            app.advance(15 * 60);
        }
    }
}

#[tokio::test]
async fn wrong_replayed_used_and_unknown_look_the_same() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        let replayed = ann.phone.code(app.clock.now());
        let late = ann.phone.code_off_by(app.clock.now(), 9);
        assert!(lets_in(&app, mode, &ann.codes[0]).await);
        let mut seen = Vec::new();
        for code in [replayed.as_str(), &late, &ann.codes[0], "0000-0000-0000-0000"] {
            let mut client = half(&app, mode).await;
            let answer = step(&mut client, code).await;
            let status = answer.status;
            let body = client.seen(answer).await;
            assert!(body.contains(WRONG) && !body.contains(code), "{body}");
            assert!(!is_signed_in(&client).await);
            seen.push((status, without_random(&body)));
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
        assert_eq!(events(&app, "second_step_failed").await, 4);
    }
}

#[tokio::test]
async fn a_malformed_code_gets_its_own_message_and_costs_no_attempt() {
    let app = TestApp::with(&[("PORTAL_MFA_FAILURES", "1")]).await;
    let ann = enrolled(&app, Mode::Form).await;
    for mode in Mode::BOTH {
        let mut client = half(&app, mode).await;
        for (code, said) in [("", "Enter the code from your authenticator app"), ("12345", "Enter the 6-digit code")] {
            let answer = step(&mut client, code).await;
            assert!(client.seen(answer).await.contains(said), "{code}");
        }
    }
    assert!(lets_in(&app, Mode::Form, &ann.codes[0]).await);
}

#[tokio::test]
async fn the_session_id_changes_at_the_second_step_and_the_previous_cookie_is_invalid() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        let mut client = half(&app, mode).await;
        let before = client.clone();
        assert_eq!(step(&mut client, &ann.codes[0]).await.location().as_deref(), Some("/dashboard"));
        assert_ne!(before.cookies[COOKIE], client.cookies[COOKIE]);
        let mut old = before;
        assert_eq!(old.get("/login/mfa").await.location().as_deref(), Some("/login"));
        assert_eq!(old.get("/dashboard").await.location().as_deref(), Some("/login?next=/dashboard"));
        assert_eq!(step(&mut old, &ann.codes[1]).await.location().as_deref(), Some("/login"));
        assert!(!is_signed_in(&old).await && is_signed_in(&client).await);
    }
}

#[tokio::test]
async fn the_target_page_and_remember_me_are_kept() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        let mut client = app.client(mode);
        let fields =
            [("identifier", "ann"), ("password", PASSWORD), ("remember", "on"), ("next", "/account/security?a=1")];
        let answer = client.post("/login", &fields).await;
        assert_eq!(answer.location().as_deref(), Some("/login/mfa"));
        assert!(!answer.set_cookie(COOKIE).expect("a session").contains("Max-Age"), "it is not a session yet");
        // A wrong code in between loses neither.
        step(&mut client, "000000").await;
        let answer = step(&mut client, &ann.codes[0]).await;
        assert_eq!(answer.location().as_deref(), Some("/account/security?a=1"));
        assert!(answer.set_cookie(COOKIE).expect("a session").contains("Max-Age=2592000"));
    }
}

#[tokio::test]
async fn after_ten_minutes_the_password_is_asked_for_again() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        let mut waiting = half(&app, mode).await;
        let mut reading = waiting.clone();
        app.advance(10 * 60 - 1);
        assert_eq!(waiting.get("/login/mfa").await.status, 200);
        app.advance(1);
        let answer = step(&mut waiting, &ann.codes[0]).await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
        assert!(waiting.seen(answer).await.contains("You took too long."));
        assert_eq!(app.count("SELECT COUNT(*) FROM recovery_code WHERE used_at IS NOT NULL").await, 0);
        reading.cookies = half(&app, mode).await.cookies;
        app.advance(10 * 60);
        let answer = reading.get("/login/mfa").await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
        assert!(reading.get("/login").await.body.contains("You took too long."));
    }
}

#[tokio::test]
async fn a_closed_account_or_one_whose_sessions_were_ended_gets_no_second_step() {
    for change in ["disabled_at = 1", "delete_after = 1", "session_epoch = session_epoch + 1"] {
        for mode in Mode::BOTH {
            let app = TestApp::new().await;
            let ann = enrolled(&app, mode).await;
            let mut client = half(&app, mode).await;
            app.execute(&format!("UPDATE account SET {change}")).await;
            let answer = step(&mut client, &ann.codes[0]).await;
            assert_eq!(answer.location().as_deref(), Some("/login"), "{change}");
            assert!(client.seen(answer).await.contains("Sign in again."), "{change}");
            assert!(!is_signed_in(&client).await);
        }
    }
}

#[tokio::test]
async fn the_second_of_two_tabs_says_that_it_is_signed_in() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        let mut client = half(&app, mode).await;
        step(&mut client, &ann.codes[0]).await;
        let answer = step(&mut client, &ann.codes[1]).await;
        assert_eq!(answer.location().as_deref(), Some("/dashboard"));
        assert!(client.seen(answer).await.contains("You're already signed in."));
        assert!(is_signed_in(&client).await);
        assert_eq!(client.get("/login/mfa").await.location().as_deref(), Some("/dashboard"));
    }
}

#[tokio::test]
async fn a_sign_in_is_recorded_only_after_its_second_step() {
    let app = TestApp::new().await;
    let ann = enrolled(&app, Mode::Form).await;
    app.execute("UPDATE account SET last_sign_in_at = NULL").await;
    let before = events(&app, "signed_in").await;
    let mut client = half(&app, Mode::Form).await;
    assert_eq!(events(&app, "signed_in").await, before);
    assert_eq!(app.count("SELECT COUNT(*) FROM account WHERE last_sign_in_at IS NOT NULL").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM session WHERE account_id IS NOT NULL").await, 1, "ann's first one");
    step(&mut client, &ann.codes[0]).await;
    assert_eq!(events(&app, "signed_in").await, before + 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM account WHERE last_sign_in_at IS NOT NULL").await, 1);
}
