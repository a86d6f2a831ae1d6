//! Notices about failures of the second step.

use super::{ANN, Client, HOUR, PASSWORD, TestApp, add_app, mails_about, with_ann};
use crate::harness::Authenticator;
use crate::harness::passkeys::SIGN_IN;

/// A browser in which Ann's password was accepted.
async fn half(app: &TestApp) -> Client {
    let mut client = app.script();
    assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/login/mfa"));
    client
}

#[tokio::test]
async fn a_failed_and_a_locked_second_step_are_each_mailed_once_a_day() {
    let (app, mut ann) = with_ann(&[]).await;
    add_app(&app, &mut ann).await;
    for day in 1..=2 {
        for round in 0..2 {
            let mut client = half(&app).await;
            for n in 0..10 {
                assert_eq!(client.post("/login/mfa", &[("code", "000000")]).await.status, 422, "{day} {round} {n}");
                assert_eq!(mails_about(&app, "Failed second step").await, day, "{day} {round} {n}");
            }
            assert_eq!(client.post("/login/mfa", &[("code", "000000")]).await.status, 429);
            assert_eq!(mails_about(&app, "Too many failed second steps").await, day, "{day} {round}");
            app.advance(HOUR);
        }
        // The notices about one day do not keep those of the next back, also after a purge.
        app.advance(24 * HOUR);
        app.state.maintenance().purge().await.expect("purges");
    }
    let mails = app.mails_to(ANN).await;
    let (_, text) = mails.iter().find(|(subject, _)| subject.contains("Failed second step")).expect("a notice");
    assert!(text.contains("entered your password correctly") && text.contains("reset your password now"), "{text}");
}

#[tokio::test]
async fn a_copied_passkey_is_mailed_once_a_day() {
    let (app, mut ann) = with_ann(&[]).await;
    let mut passkey = Authenticator { counter: 5, ..Authenticator::new(1) };
    assert!(ann.add_passkey(&mut passkey).await.location().is_some());
    assert!(app.script().use_passkey(SIGN_IN, &mut passkey).await.location().is_some());
    for day in 1..=2 {
        for _ in 0..3 {
            let mut copy = Authenticator { counter: 1, ..passkey.clone() };
            assert_eq!(app.script().use_passkey(SIGN_IN, &mut copy).await.location(), None);
            assert_eq!(mails_about(&app, "may have been copied").await, day);
        }
        app.advance(24 * HOUR);
    }
}
