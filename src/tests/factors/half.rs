//! Sessions that were signed in with the password alone, before or after the account got a factor.

use super::{Client, HOUR, Mode, PASSWORD, TestApp, add_app, leads_to, rows, signed_in, with_ann};
use crate::harness::Authenticator;
use crate::harness::passkeys::SECOND_STEP;
use crate::two_step::{functions, pages};

const COOKIE: &str = "portal_session";

async fn dashboard(client: &Client) -> (u16, Option<String>) {
    let answer = client.clone().get("/dashboard").await;
    (answer.status.as_u16(), answer.location())
}

fn whole() -> (u16, Option<String>) {
    (200, None)
}

fn leads(to: &str) -> (u16, Option<String>) {
    (303, Some(to.to_owned()))
}

/// Makes every session one with the password alone, as sessions of earlier versions can be although the account has a
/// factor.
async fn with_the_password_alone(app: &TestApp) {
    app.execute(
        "UPDATE session SET data = json_remove(json_set(data, '$.signed_in.two_step', json('false')),
            '$.signed_in.second_factor_at', '$.signed_in.ancestors') WHERE account_id IS NOT NULL",
    )
    .await;
}

#[tokio::test]
async fn sessions_before_and_after_a_change_of_factors_are_whole_half_or_ended() {
    for demanded in ["nobody", "admins", "everyone"] {
        let demanded_of_ann = demanded == "everyone";
        let before = if demanded_of_ann { leads("/account/security") } else { whole() };
        let (app, first) = with_ann(&[("PORTAL_REQUIRE_MFA", demanded)]).await;
        let (mut adding, other) = (signed_in(&app).await, signed_in(&app).await);
        for client in [&first, &adding, &other] {
            assert_eq!(dashboard(client).await, before, "{demanded}: before");
        }

        // Added: the session that adds it is whole, the others end, and later ones need the second step.
        let (_, codes) = add_app(&app, &mut adding).await;
        assert_eq!(dashboard(&adding).await, whole(), "{demanded}: added");
        for client in [&first, &other] {
            assert_eq!(dashboard(client).await, leads("/login?next=/dashboard"), "{demanded}: added elsewhere");
        }
        assert_eq!(leads_to(&app, PASSWORD).await.as_deref(), Some("/login/mfa"), "{demanded}: after");
        let mut after = app.script();
        after.sign_in("ann", PASSWORD).await;
        after.post("/login/mfa", &[("code", &codes[0])]).await;
        assert_eq!(dashboard(&after).await, whole(), "{demanded}: after the second step");

        // A second factor ends nothing.
        after.add_passkey(&mut Authenticator::new(1)).await;
        assert_eq!((dashboard(&adding).await, dashboard(&after).await), (whole(), whole()), "{demanded}: a second one");

        // Promoted: sessions with two factors stay as they are.
        app.execute("UPDATE account SET role = 'administrator'").await;
        assert_eq!((dashboard(&adding).await, dashboard(&after).await), (whole(), whole()), "{demanded}: promoted");
        assert_eq!(adding.get("/admin").await.status, 200, "{demanded}");
    }
}

#[tokio::test]
async fn no_session_is_whole_without_a_factor_where_one_is_demanded() {
    for demanded in ["nobody", "admins"] {
        let (app, mut ann) = with_ann(&[("PORTAL_REQUIRE_MFA", demanded)]).await;
        let (_, codes) = add_app(&app, &mut ann).await;
        let mut other = app.script();
        other.sign_in("ann", PASSWORD).await;
        other.post("/login/mfa", &[("code", &codes[0])]).await;
        // Removed in one session; the other one was signed in with two factors too.
        assert!(ann.post("/account/security/totp/off", &[]).await.location().is_some());
        assert_eq!((dashboard(&ann).await, dashboard(&other).await), (whole(), whole()), "{demanded}: removed");
        app.execute("UPDATE account SET role = 'administrator'").await;
        let promoted = if demanded == "admins" { leads("/account/security") } else { whole() };
        for client in [&mut ann, &mut other] {
            assert_eq!(dashboard(client).await, promoted, "{demanded}: promoted");
            let overview = client.get("/admin").await;
            assert_eq!(overview.status == 200, demanded == "nobody", "{demanded}: {:?}", overview.location());
        }
        // Adding one again is the first factor, and ends the session that did not add it.
        add_app(&app, &mut other).await;
        assert_eq!(dashboard(&other).await, whole(), "{demanded}: added again");
        assert_eq!(dashboard(&ann).await, leads("/login?next=/dashboard"), "{demanded}: elsewhere");
    }
}

#[tokio::test]
async fn a_half_session_reaches_nothing_but_the_second_step_whatever_it_was_before() {
    let (app, mut ann) = with_ann(&[]).await;
    add_app(&app, &mut ann).await;
    app.execute("UPDATE account SET role = 'administrator'").await;
    assert_eq!(ann.get("/admin").await.status, 200);
    with_the_password_alone(&app).await;
    for path in pages() {
        let answer = ann.clone().get(&path).await;
        if path == "/from-mail" {
            continue;
        }
        if path.starts_with("/admin") {
            assert_eq!(answer.status, 404, "{path}");
        } else if path == "/login/mfa" {
            assert_eq!(answer.status, 200);
        } else {
            assert_eq!(answer.location().as_deref(), Some("/login/mfa"), "{path}");
        }
    }
    for mode in Mode::BOTH {
        for path in functions() {
            if ["/logout", "/from-mail", "/password/strength"].contains(&path) || path.starts_with("/login/mfa") {
                continue;
            }
            let mut client = ann.clone();
            client.mode = mode;
            let answer = client.post_bare(path, &[("code", "123456"), ("id", "x"), ("password", PASSWORD)]).await;
            if path.starts_with("/admin") {
                assert_eq!(answer.status, 404, "{path}");
            } else {
                assert_eq!(answer.location().as_deref(), Some("/login/mfa"), "{path}");
            }
        }
        let mut client = ann.clone();
        client.mode = mode;
        assert_ne!(client.post_bare("/account/export", &[]).await.status, 200);
    }
    assert_eq!(rows(&app, "totp").await, 1);
}

#[tokio::test]
async fn a_half_session_continues_under_a_new_id_after_the_second_step() {
    for by_passkey in [false, true] {
        let (app, mut ann) = with_ann(&[]).await;
        let (_, codes) = add_app(&app, &mut ann).await;
        let mut passkey = Authenticator::new(1);
        ann.add_passkey(&mut passkey).await;
        let session = "SELECT lower(hex(handle)) || created_at FROM session WHERE account_id IS NOT NULL";
        let before = app.texts(session).await;
        with_the_password_alone(&app).await;
        app.advance(25 * 60);
        assert_eq!(dashboard(&ann).await, leads("/login/mfa"));
        app.advance(25 * 60);
        let old = ann.clone();
        let answer = if by_passkey {
            ann.use_passkey(SECOND_STEP, &mut passkey).await
        } else {
            ann.post("/login/mfa", &[("code", &codes[0])]).await
        };
        assert_eq!(answer.location().as_deref(), Some("/dashboard"), "{answer:?}");
        assert_ne!(old.cookies[COOKIE], ann.cookies[COOKIE]);
        assert_eq!((dashboard(&ann).await, dashboard(&old).await), (whole(), leads("/login?next=/dashboard")));
        assert_eq!(app.texts(session).await, before, "the same session, of the same age");
        assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'session_confirmed'").await, 1);
        // The password was given too long ago to change factors, and a passkey stands in for it.
        let answer = ann.post(super::CODES, &[]).await;
        let to = if by_passkey { super::CODES } else { "/account/confirm" };
        assert_eq!(answer.location().as_deref(), Some(to));
    }
}

#[tokio::test]
async fn a_half_session_can_trust_the_browser_sign_out_and_is_locked_after_ten_failures() {
    let (app, mut ann) = with_ann(&[]).await;
    let (_, codes) = add_app(&app, &mut ann).await;
    with_the_password_alone(&app).await;
    let mut leaving = ann.clone();
    let mut trusting = ann.clone();
    for n in 0..10 {
        assert_eq!(ann.post("/login/mfa", &[("code", "000000")]).await.status, 422, "{n}");
    }
    assert_eq!(ann.post("/login/mfa", &[("code", &codes[0])]).await.status, 429);
    app.advance(15 * 60);
    let answer = trusting.post("/login/mfa", &[("code", &codes[0]), ("trust", "on")]).await;
    assert_eq!(answer.location().as_deref(), Some("/dashboard"));
    assert!(trusting.cookies.keys().any(|name| name.contains("trust")), "{:?}", trusting.cookies.keys());
    trusting.post("/logout", &[]).await;
    assert_eq!(trusting.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"), "it is trusted");
    assert_eq!(dashboard(&trusting).await, whole(), "a trusted browser's session counts as one with two factors");
    assert_eq!(leaving.post("/logout", &[]).await.location().as_deref(), Some("/login"));
}

#[tokio::test]
async fn signing_out_of_a_half_session_ends_it() {
    let (app, mut ann) = with_ann(&[]).await;
    let (_, codes) = add_app(&app, &mut ann).await;
    with_the_password_alone(&app).await;
    let mut replay = ann.clone();
    assert_eq!(ann.post("/logout", &[]).await.location().as_deref(), Some("/login"));
    let answer = replay.post("/login/mfa", &[("code", &codes[0])]).await;
    assert_eq!(answer.location().as_deref(), Some("/login"));
    assert_eq!(app.count("SELECT COUNT(*) FROM recovery_code WHERE used_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn a_session_that_ended_while_its_second_step_was_under_way_does_not_continue() {
    let (app, mut ann) = with_ann(&[]).await;
    let (_, codes) = add_app(&app, &mut ann).await;
    with_the_password_alone(&app).await;
    app.advance(HOUR / 4);
    let tx = app.state.store.write().await.expect("the write lock");
    let end = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        app.execute_within(tx, "DELETE FROM session").await;
    };
    let fields = [("code", codes[0].as_str())];
    let (answer, ()) = tokio::join!(ann.post_bare("/login/mfa", &fields), end);
    assert_eq!(answer.location().as_deref(), Some("/login"));
    assert_eq!(app.count("SELECT COUNT(*) FROM recovery_code WHERE used_at IS NOT NULL").await, 0);
}
