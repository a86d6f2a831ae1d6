//! A passkey as the second step after the password.

use super::{UNKNOWN, is_signed_in, message};
use crate::harness::app::PASSWORD;
use crate::harness::passkeys::{CONFIRM, SECOND_STEP, SIGN_IN};
use crate::harness::{Authenticator, Client, TestApp};

/// A browser in which the password was accepted.
async fn after_password(app: &TestApp, username: &str) -> Client {
    let mut browser = app.script();
    assert_eq!(browser.sign_in(username, PASSWORD).await.location().as_deref(), Some("/login/mfa"));
    browser
}

#[tokio::test]
async fn the_users_own_passkey_completes_the_second_step() {
    let app = TestApp::new().await;
    let (_, mut passkey) = app.member_with_passkey("ann", 1).await;
    let mut browser = after_password(&app, "ann").await;
    assert!(!is_signed_in(&mut browser).await);
    let page = browser.get("/login/mfa").await.body;
    assert!(page.contains("action=\"/login/mfa/passkey\""), "{page}");
    let options = browser.options(SECOND_STEP).await.json();
    assert_eq!(options["allowCredentials"][0]["id"], passkey.id());
    assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(1));
    assert_eq!(options["userVerification"], "required");
    let answer = browser.use_passkey(SECOND_STEP, &mut passkey).await;
    assert_eq!(answer.location().as_deref(), Some("/dashboard"), "{answer:?}");
    assert!(is_signed_in(&mut browser).await);
    let words = "SELECT COUNT(*) FROM security_event WHERE detail = 'with the password and a passkey'";
    assert_eq!(app.count(words).await, 1);
}

#[tokio::test]
async fn a_browser_may_be_trusted_with_a_passkey_as_with_a_code() {
    let app = TestApp::new().await;
    let (_, mut passkey) = app.member_with_passkey("ann", 1).await;
    let mut browser = after_password(&app, "ann").await;
    let given = browser.options(SECOND_STEP).await;
    let credential = passkey.get(&given.options);
    let fields = [("state", given.state.as_str()), ("credential", &credential), ("trust", "on")];
    assert_eq!(browser.post_bare(SECOND_STEP, &fields).await.location().as_deref(), Some("/dashboard"));
    browser.post("/logout", &[]).await;
    assert_eq!(browser.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn nothing_else_completes_the_second_step() {
    let app = TestApp::new().await;
    let (mut of_ann, passkey) = app.member_with_passkey("ann", 1).await;
    let (_, mut of_bob) = app.member_with_passkey("bob", 2).await;
    let mut ann = after_password(&app, "ann").await;
    assert_eq!(message(&ann.use_passkey(SECOND_STEP, &mut of_bob).await), UNKNOWN, "another's passkey");
    let given = ann.options(SECOND_STEP).await;
    let credential = of_bob.get(&given.options);
    let mut bob = after_password(&app, "bob").await;
    assert_eq!(message(&bob.show(SECOND_STEP, &given.state, &credential).await), UNKNOWN, "begun by another");
    for action in [SIGN_IN, CONFIRM] {
        let given = of_ann.options(action).await;
        let credential = passkey.clone().get(&given.options);
        assert_eq!(message(&ann.show(SECOND_STEP, &given.state, &credential).await), UNKNOWN, "begun at {action}");
    }
    let mut unverified = Authenticator { verifies: false, ..passkey.clone() };
    assert_eq!(message(&ann.use_passkey(SECOND_STEP, &mut unverified).await), UNKNOWN, "user not verified");
    let given = ann.options(SECOND_STEP).await;
    let credential = passkey.clone().get(&given.options);
    app.advance(300);
    assert_eq!(message(&ann.show(SECOND_STEP, &given.state, &credential).await), UNKNOWN, "too late");
    assert!(!is_signed_in(&mut ann).await);
}

#[tokio::test]
async fn wrong_passkeys_and_wrong_codes_share_one_counter_that_stops_only_codes() {
    let app = TestApp::new().await;
    let (_, mut passkey) = app.member_with_passkey("ann", 1).await;
    let mut browser = after_password(&app, "ann").await;
    for n in 0..10 {
        if n % 2 == 0 {
            assert_eq!(message(&browser.use_passkey(SECOND_STEP, &mut Authenticator::new(2)).await), UNKNOWN, "{n}");
        } else {
            assert_eq!(browser.post("/login/mfa", &[("code", "000000")]).await.status, 422, "{n}");
        }
    }
    assert_eq!(browser.post("/login/mfa", &[("code", "000000")]).await.status, 429);
    assert!(browser.use_passkey(SECOND_STEP, &mut passkey).await.location().is_some());
    assert!(app.script().use_passkey(SIGN_IN, &mut passkey).await.location().is_some());
}

#[tokio::test]
async fn the_first_passkey_creates_recovery_codes_and_removing_the_last_deletes_them() {
    let app = TestApp::new().await;
    let mut owner = app.member("ann").await;
    let first = owner.add_passkey(&mut Authenticator::new(1)).await;
    assert_eq!(first.location().as_deref(), Some("/account/security/recovery-codes"));
    let second = owner.add_passkey(&mut Authenticator::new(2)).await;
    assert_eq!(second.location().as_deref(), Some("/account/security"));
    for (left, codes) in [(1, 10), (0, 0)] {
        let id = app.text("SELECT lower(hex(id)) FROM passkey LIMIT 1").await;
        owner.post("/account/security/passkeys/remove", &[("id", &id)]).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM passkey").await, left);
        assert_eq!(app.count("SELECT COUNT(*) FROM recovery_code").await, codes);
    }
    assert_eq!(app.script().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn the_last_factor_cannot_be_removed_where_one_is_required() {
    let app = TestApp::with(&[("PORTAL_REQUIRE_MFA", "everyone")]).await;
    let mut owner = app.script();
    app.account("ann", "ann@x.example").await;
    owner.sign_in("ann", PASSWORD).await;
    assert!(owner.add_passkey(&mut Authenticator::new(1)).await.location().is_some());
    let id = app.text("SELECT lower(hex(id)) FROM passkey").await;
    let answer = owner.post("/account/security/passkeys/remove", &[("id", &id)]).await;
    assert!(message(&answer).starts_with("Two-step sign-in is required."), "{answer:?}");
    assert_eq!(app.count("SELECT COUNT(*) FROM passkey").await, 1);
}

#[tokio::test]
async fn without_a_pending_second_step_there_are_no_options_for_one() {
    let app = TestApp::new().await;
    let (mut owner, _) = app.member_with_passkey("ann", 1).await;
    for client in [&mut owner, &mut app.script()] {
        let answer = client.post_bare("/login/mfa/passkey/options", &[]).await;
        assert!(answer.location().is_some_and(|to| to.starts_with("/login?next=")), "{answer:?}");
    }
}
