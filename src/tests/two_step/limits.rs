//! One counter for all second factors of an account.

use futures::future::join_all;

use super::{TestApp, WRONG, enrolled, half, lets_in, step};
use crate::harness::Mode;

/// A wrong code, alternating between the two kinds.
fn wrong(n: usize) -> &'static str {
    ["000000", "0000-0000-0000-0000"][n % 2]
}

#[tokio::test]
async fn after_ten_failures_of_any_kind_every_factor_is_locked_for_15_minutes() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        app.advance(30);
        for n in 0..10 {
            // A new browser and a new IP address give no new attempts.
            let mut client = half(&app, mode).await.at_ip(&format!("198.51.100.{n}"));
            let answer = step(&mut client, wrong(n)).await;
            assert!(client.seen(answer).await.contains(WRONG), "try {n}");
        }
        let mut client = half(&app, mode).await;
        for code in [ann.phone.code(app.clock.now()), ann.codes[0].clone()] {
            let answer = step(&mut client, &code).await;
            if mode == Mode::Script {
                assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("900")));
            }
            let seen = client.seen(answer).await;
            assert!(seen.contains("Too many attempts.") && !seen.contains(WRONG), "{seen}");
        }
        let app = app.restart(&[]).await;
        app.advance(899);
        assert!(!lets_in(&app, mode, &ann.codes[0]).await, "a restart does not reset the counter");
        app.advance(1);
        assert!(lets_in(&app, mode, &ann.codes[0]).await);
    }
}

#[tokio::test]
async fn success_resets_the_count() {
    let app = TestApp::new().await;
    let ann = enrolled(&app, Mode::Form).await;
    for round in 0..2 {
        for n in 0..9 {
            assert!(!lets_in(&app, Mode::Script, wrong(n)).await);
        }
        assert!(lets_in(&app, Mode::Form, &ann.codes[round]).await, "round {round}");
    }
}

#[tokio::test]
async fn only_ten_of_a_hundred_parallel_attempts_are_evaluated() {
    let app = TestApp::new().await;
    enrolled(&app, Mode::Form).await;
    let client = half(&app, Mode::Script).await;
    let posts = (0..100).map(|n| {
        let mut client = client.clone();
        async move { step(&mut client, wrong(n)).await }
    });
    let answers = join_all(posts).await;
    let looked_at = answers.iter().filter(|answer| answer.body.contains(WRONG)).count();
    let waiting = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((looked_at, waiting), (10, 90));
}

#[tokio::test]
async fn failures_of_other_users_do_not_count() {
    let app = TestApp::with(&[("PORTAL_MFA_FAILURES", "1")]).await;
    let ann = enrolled(&app, Mode::Form).await;
    app.account("ben", "ben@x.example").await;
    let mut ben = app.form();
    ben.sign_in("ben", super::PASSWORD).await;
    super::enroll(&app, &mut ben).await;
    let mut client = app.script();
    client.sign_in("ben", super::PASSWORD).await;
    step(&mut client, wrong(0)).await;
    assert_eq!(step(&mut client, wrong(0)).await.status, 429);
    assert!(lets_in(&app, Mode::Form, &ann.codes[0]).await);
}

#[tokio::test]
async fn each_lockout_is_twice_as_long_up_to_a_day() {
    let app = TestApp::with(&[("PORTAL_MFA_FAILURES", "2"), ("PORTAL_MFA_LOCKOUT", "900")]).await;
    let ann = enrolled(&app, Mode::Form).await;
    for wait in [900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 86_400] {
        for n in 0..2 {
            assert!(!lets_in(&app, Mode::Script, wrong(n)).await);
        }
        let mut client = half(&app, Mode::Script).await;
        let answer = step(&mut client, &ann.codes[0]).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some(wait.to_string().as_str())));
        app.advance(wait);
    }
    assert!(lets_in(&app, Mode::Form, &ann.codes[0]).await);
}

#[tokio::test]
async fn strangers_who_know_the_password_do_not_lock_out_a_known_device_and_end_after_a_hundred_failures() {
    for mode in Mode::BOTH {
        let app = TestApp::with(&[("PORTAL_MFA_LOCKOUT", "60"), ("PORTAL_MFA_FAILURES", "100")]).await;
        let ann = enrolled(&app, mode).await;
        let mut owner = half(&app, mode).await;
        assert_eq!(step(&mut owner, &ann.codes[0]).await.location().as_deref(), Some("/dashboard"));
        owner.post("/logout", &[]).await;
        let mut stranger = half(&app, Mode::Script).await;
        for n in 0..100 {
            assert_eq!(step(&mut stranger, wrong(n)).await.status, 422, "{n}");
        }
        app.advance(500);
        let mut stranger = half(&app, mode).await;
        let answer = step(&mut stranger, &ann.codes[1]).await;
        assert!(stranger.seen(answer).await.contains("Use a passkey or a browser that you signed in with before."));
        owner.sign_in("ann", super::PASSWORD).await;
        assert_eq!(step(&mut owner, &ann.codes[1]).await.location().as_deref(), Some("/dashboard"));
        let mut elsewhere = half(&app, mode).await;
        let answer = step(&mut elsewhere, &ann.codes[2]).await;
        assert_eq!(answer.location().as_deref(), Some("/dashboard"), "a success ends the row of failures");
    }
}
