//! Turning two-step sign-in off, and who may change its settings.

use super::{CODES, CONFIRM, Mode, OFF, PASSWORD, TOTP, TestApp, enroll, enrolled, events, half, mails};

#[tokio::test]
async fn once_turned_off_the_password_is_enough_and_all_second_factor_data_is_deleted() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = enrolled(&app, mode).await;
        let mut client = half(&app, mode).await;
        client.post("/login/mfa", &[("code", &ann.codes[0]), ("trust", "on")]).await;
        let answer = ann.client.post(OFF, &[]).await;
        assert_eq!(answer.location().as_deref(), Some("/account/security"));
        let page = ann.client.seen(answer).await;
        assert!(page.contains("Authenticator app turned off.") && page.contains("href=\"/account/sessions\""));
        for table in ["totp", "recovery_code", "trusted_browser"] {
            assert_eq!(app.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!((events(&app, "two_step_off").await, mails(&app, "app was removed").await), (1, 1));
        assert_eq!(app.client(mode).sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        let answer = ann.client.post(OFF, &[]).await;
        assert!(ann.client.seen(answer).await.contains("There is no authenticator app to turn off."));
        // It is turned on again, with another seed and other codes.
        let (phone, codes) = enroll(&app, &mut ann.client).await;
        assert!(phone.secret != ann.phone.secret && codes != ann.codes);
    }
}

#[tokio::test]
async fn a_pending_second_step_continues_when_two_step_sign_in_is_turned_off() {
    let app = TestApp::new().await;
    let mut ann = enrolled(&app, Mode::Form).await;
    let mut client = half(&app, Mode::Form).await;
    ann.client.post(OFF, &[]).await;
    assert_eq!(client.get("/login/mfa").await.status, 200);
    assert_ne!(super::step(&mut client, &ann.codes[0]).await.location().as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn every_change_asks_for_the_password_and_a_code_after_five_minutes() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = enrolled(&app, mode).await;
        app.advance(5 * 60 + 1);
        for path in [TOTP, CONFIRM, OFF, CODES] {
            let answer = ann.client.post(path, &[("code", "123456")]).await;
            assert_eq!(answer.location().as_deref(), Some("/account/confirm"), "{path}");
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM totp WHERE confirmed_at IS NOT NULL").await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM recovery_code").await, 10);
        let page = ann.client.get("/account/confirm").await.body;
        assert!(page.contains("name=\"password\"") && page.contains("name=\"code\""), "{page}");
        let answer = ann.client.post("/account/confirm", &[("password", PASSWORD)]).await;
        assert!(ann.client.seen(answer).await.contains("Enter the code from your authenticator app"));
        assert_eq!(ann.client.post(OFF, &[]).await.location().as_deref(), Some("/account/confirm"));
        ann.client.post("/account/confirm", &[("password", PASSWORD), ("code", &ann.codes[0])]).await;
        let answer = ann.client.post(OFF, &[]).await;
        assert!(ann.client.seen(answer).await.contains("Authenticator app turned off."));
    }
}

#[tokio::test]
async fn a_signed_out_visitor_can_change_nothing() {
    let app = TestApp::new().await;
    enrolled(&app, Mode::Form).await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        for path in [TOTP, CONFIRM, "/account/security/totp/cancel", OFF, CODES] {
            let to = client.post(path, &[("code", "123456")]).await.location().expect("the sign-in");
            assert!(to.starts_with("/login?next="), "{path}: {to}");
        }
        for path in ["/account/security", CODES] {
            assert!(client.get(path).await.location().expect("the sign-in").starts_with("/login"), "{path}");
        }
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM recovery_code").await, 10);
}
