//! A second factor that is older than the time in which it can be undone protects against a reader of the mailbox.

use super::{ANN, HOUR, Mode, PASSWORD, add_app, leads_to, link_about, press, recover, rows, with_ann};
use crate::harness::Authenticator;
use crate::harness::passkeys::SIGN_IN;

#[tokio::test]
async fn ending_a_session_does_not_remove_what_it_added_more_than_72_hours_ago() {
    let (app, _) = with_ann(&[]).await;
    // A session of thirty days, which began in a browser that was new to the account.
    let mut ann = app.script();
    ann.post("/login", &[("identifier", "ann"), ("password", PASSWORD), ("remember", "on")]).await;
    add_app(&app, &mut ann).await;
    app.advance(72 * HOUR + 1);
    let (_, answer) = press(&app, Mode::Script, &link_about(&app, "New sign-in").await).await;
    assert_eq!(answer.location().as_deref(), Some("/recover"));
    assert_eq!((rows(&app, "totp").await, rows(&app, "recovery_code").await), (1, 10));
    assert_ne!(ann.get("/dashboard").await.status, 200);
    assert_eq!(leads_to(&app, PASSWORD).await.as_deref(), Some("/login/mfa"));
}

#[tokio::test]
async fn ending_a_session_ends_those_that_began_with_what_it_added_even_if_that_stays() {
    let (app, mut ann) = with_ann(&[]).await;
    let (_, codes) = add_app(&app, &mut ann).await;
    app.advance(HOUR);
    // Someone else signs in for thirty days with a recovery code, and adds a passkey that is used three days later.
    let mut other = app.script();
    other.post("/login", &[("identifier", "ann"), ("password", PASSWORD), ("remember", "on")]).await;
    other.post("/login/mfa", &[("code", &codes[0])]).await;
    let mut passkey = Authenticator::new(1);
    assert!(other.add_passkey(&mut passkey).await.location().is_some());
    app.advance(72 * HOUR + 1);
    let mut later = app.script();
    assert!(later.use_passkey(SIGN_IN, &mut passkey).await.location().is_some());
    let mut own = app.script();
    own.sign_in("ann", PASSWORD).await;
    own.post("/login/mfa", &[("code", &codes[1])]).await;
    press(&app, Mode::Script, &link_about(&app, "New sign-in").await).await;
    assert_ne!(later.get("/dashboard").await.status, 200, "it descends from the session");
    assert_eq!(own.get("/dashboard").await.status, 200);
    assert_eq!((rows(&app, "totp").await, rows(&app, "passkey").await), (1, 1));
}

#[tokio::test]
async fn a_recovery_removes_no_factor_of_an_account_that_had_one_for_72_hours() {
    let (app, mut ann) = with_ann(&[]).await;
    let (_, codes) = add_app(&app, &mut ann).await;
    app.advance(72 * HOUR);
    // A second one is added just now.
    ann = app.script();
    ann.sign_in("ann", PASSWORD).await;
    ann.post("/login/mfa", &[("code", &codes[0])]).await;
    assert!(ann.add_passkey(&mut Authenticator::new(1)).await.location().is_some());
    recover(&app, Mode::Script).await;
    assert_eq!((rows(&app, "totp").await, rows(&app, "passkey").await), (1, 1));
    assert_eq!(leads_to(&app, super::NEW).await.as_deref(), Some("/login/mfa"));
}

#[tokio::test]
async fn a_recovery_by_an_email_that_is_newer_than_the_factor_removes_nothing() {
    let (app, mut ann) = with_ann(&[]).await;
    add_app(&app, &mut ann).await;
    // Someone who uses this session moves the account to another mailbox.
    ann.post("/account/email", &[("email", "thief@z.example")]).await;
    let code = app.code_for("thief@z.example").await;
    ann.post("/account/email/verify", &[("code", &code)]).await;
    let mut thief = app.script();
    thief.post("/recover", &[("email", "thief@z.example")]).await;
    let code = app.code_for("thief@z.example").await;
    let answer = thief.post("/recover/verify", &[("code", &code), ("password", super::NEW)]).await;
    assert_eq!(answer.location().as_deref(), Some("/login"));
    assert_eq!(rows(&app, "totp").await, 1);
    assert_eq!(leads_to(&app, super::NEW).await.as_deref(), Some("/login/mfa"));
    // The owner of the earlier mailbox takes the account back.
    press(&app, Mode::Script, &link_about(&app, "email address was changed").await).await;
    assert_eq!(app.texts("SELECT email FROM account").await, [ANN]);
}

#[tokio::test]
async fn factors_of_unknown_origin_stay_until_they_are_removed() {
    let (app, mut ann) = with_ann(&[]).await;
    let (_, codes) = add_app(&app, &mut ann).await;
    // As after an upgrade from a version that did not record where factors come from.
    app.execute("UPDATE totp SET added_by = ''; UPDATE recovery_code SET added_by = '';").await;
    app.execute("UPDATE account SET two_step_since = NULL").await;
    recover(&app, Mode::Form).await;
    assert_eq!(leads_to(&app, super::NEW).await.as_deref(), Some("/login/mfa"));
    let mut client = app.script();
    client.sign_in("ann", super::NEW).await;
    assert_eq!(client.post("/login/mfa", &[("code", &codes[0])]).await.location().as_deref(), Some("/dashboard"));
    assert!(client.post("/account/security/totp/off", &[]).await.location().is_some());
    assert_eq!(rows(&app, "totp").await, 0);
}
