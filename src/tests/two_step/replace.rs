//! Replacing the authenticator app, for example with a new phone.

use futures::future::join_all;

use super::{
    Answer, CONFIRM, Mode, OFF, PASSWORD, Phone, TOTP, TestApp, enrolled, events, half, is_signed_in, lets_in, mails,
};

const CANCEL: &str = "/account/security/totp/cancel";

#[tokio::test]
async fn the_new_app_replaces_the_old_one_which_works_until_then() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = enrolled(&app, mode).await;
        // This also works where a second step is required and there is no other factor.
        let app = app.restart(&[("PORTAL_REQUIRE_MFA", "everyone")]).await;
        ann.client = app.again(&ann.client);
        let mut trusted = half(&app, mode).await;
        trusted.post("/login/mfa", &[("code", &ann.codes[0]), ("trust", "on")]).await;
        let page = ann.client.get("/account/security").await.body;
        assert!(page.contains("Replace app") && !page.contains("Turn off"), "{page}");

        let answer = ann.client.post(TOTP, &[]).await;
        let page = ann.client.seen(answer).await;
        let phone = Phone::of(&page);
        assert_ne!(phone.secret, ann.phone.secret);
        assert!(page.contains("It works until you confirm the new one."), "{page}");
        // Until then, the old app signs in, and the new one does not.
        app.advance(30);
        assert!(!lets_in(&app, mode, &phone.code(app.clock.now())).await);
        assert!(lets_in(&app, mode, &ann.phone.code(app.clock.now())).await);

        // A code of the old app does not confirm the new one.
        let earlier = ann.phone.code(app.clock.now());
        let answer = ann.client.post(CONFIRM, &[("code", &earlier)]).await;
        assert!(ann.client.seen(answer).await.contains("That code is incorrect or has expired."));
        let answer = ann.client.post(CONFIRM, &[("code", &phone.code(app.clock.now()))]).await;
        assert_eq!(answer.location().as_deref(), Some("/account/security"), "the recovery codes stay");
        assert!(ann.client.seen(answer).await.contains("Authenticator app replaced."));
        assert!(is_signed_in(&ann.client).await);
        assert_eq!((events(&app, "app_replaced").await, mails(&app, "authenticator app was replaced").await), (1, 1));
        assert_eq!((events(&app, "two_step_on").await, events(&app, "two_step_off").await), (1, 0));

        app.advance(30);
        assert!(!lets_in(&app, mode, &ann.phone.code(app.clock.now())).await);
        assert!(lets_in(&app, mode, &phone.code(app.clock.now())).await);
        assert!(lets_in(&app, mode, &ann.codes[1]).await, "recovery codes stay");
        trusted.post("/logout", &[]).await;
        assert_eq!(
            trusted.sign_in("ann", PASSWORD).await.location().as_deref(),
            Some("/dashboard"),
            "trusted browsers stay too"
        );
    }
}

#[tokio::test]
async fn a_canceled_or_expired_replacement_changes_nothing() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = enrolled(&app, mode).await;
        ann.client.post(TOTP, &[]).await;
        let first = Phone::of(&ann.client.get("/account/security").await.body);
        ann.client.post(CANCEL, &[]).await;
        let page = ann.client.get("/account/security").await.body;
        assert!(page.contains("Replace app") && !page.contains("class=\"secret\""), "{page}");
        let answer = ann.client.post(CONFIRM, &[("code", &first.code(app.clock.now()))]).await;
        assert!(ann.client.seen(answer).await.contains("Setup timed out."));

        // When it is started twice, the first seed is discarded.
        ann.client.post(TOTP, &[]).await;
        let second = Phone::of(&ann.client.get("/account/security").await.body);
        ann.client.post(TOTP, &[]).await;
        let answer = ann.client.post(CONFIRM, &[("code", &second.code(app.clock.now()))]).await;
        assert!(ann.client.seen(answer).await.contains("That code is incorrect or has expired."));
        app.advance(30);
        assert!(lets_in(&app, mode, &ann.phone.code(app.clock.now())).await);
        assert_eq!(events(&app, "app_replaced").await, 0);

        // When two-step sign-in is turned off meanwhile, neither app remains.
        ann.client.post(OFF, &[]).await;
        assert_eq!(app.count("SELECT (SELECT COUNT(*) FROM totp) + (SELECT COUNT(*) FROM totp_waiting)").await, 0);
    }
}

#[tokio::test]
async fn when_two_tabs_confirm_at_once_one_succeeds_and_the_other_gets_an_error() {
    let app = TestApp::new().await;
    let mut ann = enrolled(&app, Mode::Script).await;
    ann.client.post(TOTP, &[]).await;
    let phone = Phone::of(&ann.client.get("/account/security").await.body);
    let code = phone.code(app.clock.now());
    let answers = join_all((0..8).map(|_| {
        let (mut client, code) = (ann.client.clone(), code.clone());
        async move { client.post(CONFIRM, &[("code", &code)]).await }
    }));
    // The session has a new id after the first, so some of the others may already be signed out.
    let is_told = |answer: &Answer| {
        answer.body.contains("Setup timed out.") || answer.location().is_some_and(|to| to.starts_with("/login"))
    };
    assert_eq!(answers.await.iter().filter(|answer| is_told(answer)).count(), 7);
    assert_eq!((events(&app, "app_replaced").await, mails(&app, "authenticator app was replaced").await), (1, 1));
}
