//! Changing factors asks for the strongest authentication that the account has.

use super::{CODES, Client, HOUR, Mode, PASSWORD, TOTP, TestApp, add_app, rows, with_ann};
use crate::harness::Authenticator;
use crate::harness::passkeys::{ADD, CONFIRM};

const PAGE: &str = "/account/confirm";
const COOKIE: &str = "portal_session";
const CHANGES: [&str; 9] = [
    TOTP,
    "/account/security/totp/confirm",
    "/account/security/totp/off",
    CODES,
    ADD,
    "/account/security/passkeys/options",
    "/account/security/passkeys/remove",
    "/account/security/browsers/forget",
    "/account/security/browsers/forget-all",
];
/// An id of the right form, which no row has.
const ID: &str = "00000000-0000-7000-8000-000000000000";

/// A session that was just begun with the password alone, in a browser that Ann trusts; recovery codes; and a passkey.
async fn in_trusted_browser(mode: Mode) -> (TestApp, Client, Vec<String>, Authenticator) {
    let (app, mut ann) = with_ann(&[]).await;
    let (_, codes) = add_app(&app, &mut ann).await;
    let mut passkey = Authenticator::new(1);
    assert!(ann.add_passkey(&mut passkey).await.location().is_some());
    let mut trusted = app.client(mode);
    trusted.sign_in("ann", PASSWORD).await;
    trusted.post("/login/mfa", &[("code", &codes[0]), ("trust", "on")]).await;
    trusted.post("/logout", &[]).await;
    app.advance(HOUR);
    assert_eq!(trusted.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    (app, trusted, codes, passkey)
}

#[tokio::test]
async fn the_password_alone_changes_no_factor_of_an_account_that_has_one() {
    for mode in Mode::BOTH {
        let (app, mut client, codes, _) = in_trusted_browser(mode).await;
        for path in CHANGES {
            let answer = client.post_bare(path, &[("id", ID), ("code", "123456")]).await;
            assert_eq!(answer.location().as_deref(), Some(PAGE), "{mode:?} {path}");
        }
        let page = client.get(PAGE).await.body;
        for part in ["name=\"password\"", "name=\"code\"", "action=\"/account/confirm/passkey\""] {
            assert!(page.contains(part), "{part}: {page}");
        }
        for (code, said) in [("", "Enter the code"), ("000000", "That code is incorrect or has expired.")] {
            let answer = client.post(PAGE, &[("password", PASSWORD), ("code", code)]).await;
            assert!(client.seen(answer).await.contains(said), "{mode:?} {code}");
            assert_eq!(client.post(CODES, &[]).await.location().as_deref(), Some(PAGE), "{mode:?}");
        }
        let answer = client.post(PAGE, &[("password", "not the password"), ("code", &codes[1])]).await;
        assert!(client.seen(answer).await.contains("Incorrect password."), "{mode:?}");
        assert_eq!(app.count("SELECT COUNT(*) FROM recovery_code WHERE used_at IS NOT NULL").await, 1, "{mode:?}");
        let answer = client.post(PAGE, &[("password", PASSWORD), ("code", &codes[1])]).await;
        assert_eq!(answer.location().as_deref(), Some("/account/security"), "{mode:?}: back to the form");
        assert_eq!(client.post(CODES, &[]).await.location().as_deref(), Some(CODES), "{mode:?}");
        assert_eq!(rows(&app, "passkey").await + rows(&app, "totp").await, 2, "{mode:?}");
    }
}

#[tokio::test]
async fn a_passkey_alone_is_enough_to_change_factors() {
    let (app, mut client, _, mut passkey) = in_trusted_browser(Mode::Script).await;
    assert_eq!(client.post(CODES, &[]).await.location().as_deref(), Some(PAGE));
    let answer = client.use_passkey(CONFIRM, &mut passkey).await;
    assert_eq!(answer.location().as_deref(), Some("/account/security"));
    assert!(client.add_passkey(&mut Authenticator::new(2)).await.location().is_some());
    app.advance(301);
    assert_eq!(client.post(CODES, &[]).await.location().as_deref(), Some(PAGE));
}

#[tokio::test]
async fn other_changes_need_the_password_only_and_their_page_asks_for_nothing_else() {
    let (app, mut client, ..) = in_trusted_browser(Mode::Form).await;
    app.advance(301);
    assert_eq!(client.post("/account/username", &[("username", "annie")]).await.location().as_deref(), Some(PAGE));
    let page = client.get(PAGE).await.body;
    assert!(page.contains("name=\"password\"") && !page.contains("name=\"code\""), "{page}");
    assert_eq!(client.post(PAGE, &[("password", PASSWORD)]).await.location().as_deref(), Some("/account"));
    assert_eq!(
        client.post("/account/username", &[("username", "annie")]).await.location().as_deref(),
        Some("/account")
    );
}

#[tokio::test]
async fn the_session_gets_a_new_id_when_it_is_confirmed_and_when_a_factor_is_added() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_ann(&[]).await;
        ann.mode = mode;
        app.advance(301);
        let before = ann.clone();
        ann.post("/account/username", &[("username", "ann")]).await;
        assert!(ann.post(PAGE, &[("password", PASSWORD)]).await.location().is_some());
        let confirmed = ann.clone();
        add_app(&app, &mut ann).await;
        let cookies = [&before, &confirmed, &ann].map(|client| client.cookies[COOKIE].clone());
        assert!(cookies[0] != cookies[1] && cookies[1] != cookies[2], "{mode:?}");
        for mut old in [before, confirmed] {
            assert_ne!(old.get("/dashboard").await.status, 200, "{mode:?}");
        }
        assert_eq!(ann.get("/dashboard").await.status, 200, "{mode:?}");
        assert_eq!(app.count("SELECT COUNT(*) FROM session WHERE account_id IS NOT NULL").await, 1, "{mode:?}");
    }
}

#[tokio::test]
async fn wrong_codes_count_with_those_at_sign_in() {
    let (app, mut client, codes, mut passkey) = in_trusted_browser(Mode::Script).await;
    client.post(CODES, &[]).await;
    for n in 0..10 {
        let answer = client.post(PAGE, &[("password", PASSWORD), ("code", "000000")]).await;
        assert_eq!(answer.status, 422, "{n}");
    }
    let answer = client.post(PAGE, &[("password", PASSWORD), ("code", &codes[1])]).await;
    assert_eq!(answer.status, 429);
    // The browser is a known device, so they count for it alone.
    let mut other = client.clone();
    other.cookies.retain(|name, _| name.contains("device"));
    for (mut browser, status) in [(other, 429), (app.script(), 200)] {
        assert_eq!(browser.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/login/mfa"));
        assert_eq!(browser.post("/login/mfa", &[("code", &codes[1])]).await.status, status);
    }
    // The password was right each time, so it is not limited, and neither is a passkey.
    assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'sign_in_failed'").await, 0);
    assert!(client.use_passkey(CONFIRM, &mut passkey).await.location().is_some());
}
