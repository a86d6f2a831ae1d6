//! Sessions: their limits, their ids, and how they end.

use std::sync::Arc;

use axum::http::{Extensions, HeaderMap, HeaderValue};
use futures::future::join_all;
use portal::app::Assets;
use portal::http::pages::Pages;
use portal::http::request_context;
use portal::services::{NextStep, SessionChange};
use tower_sessions::Session;

use super::harness::app::PASSWORD;
use super::harness::{Client, TestApp};

const COOKIE: &str = "portal_session";

async fn signed_in(app: &TestApp) -> Client {
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    client
}

async fn is_signed_in(client: &mut Client) -> bool {
    client.clone().get("/dashboard").await.status == 200
}

#[tokio::test]
async fn a_session_ends_after_30_idle_minutes() {
    let app = TestApp::new().await;
    let mut client = signed_in(&app).await;
    app.advance(30 * 60 - 1);
    assert!(is_signed_in(&mut client).await);
    app.advance(30 * 60 - 1);
    assert!(is_signed_in(&mut client).await, "each use restarts the 30 minutes");
    app.advance(30 * 60 + 1);
    assert!(!is_signed_in(&mut client).await);
}

#[tokio::test]
async fn a_session_ends_after_12_hours_however_active() {
    let app = TestApp::new().await;
    let mut client = signed_in(&app).await;
    for _ in 0..47 {
        app.advance(15 * 60);
        assert!(is_signed_in(&mut client).await);
    }
    app.advance(15 * 60);
    assert!(!is_signed_in(&mut client).await);
}

#[tokio::test]
async fn the_sign_in_page_says_how_long_remember_me_lasts() {
    for (seconds, time) in [("2592000", "30 days"), ("86400", "1 day")] {
        let app = TestApp::with(&[("PORTAL_SESSION_REMEMBER", seconds)]).await;
        let page = app.form().get("/login").await.body;
        assert!(page.contains(&format!("Keep me signed in for {time}")), "{page}");
    }
}

#[tokio::test]
async fn the_cookie_expires_with_the_browser_unless_remember_me_is_set() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    let answer = client.sign_in("ann", PASSWORD).await;
    let cookie = answer.set_cookie(COOKIE).expect("a session cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires") && !cookie.contains("Secure"), "{cookie}");

    let mut client = app.form();
    let fields = [("identifier", "ann"), ("password", PASSWORD), ("remember", "on")];
    let answer = client.post("/login", &fields).await;
    let cookie = answer.set_cookie(COOKIE).expect("a session cookie");
    assert!(cookie.contains("Max-Age=2592000"), "{cookie}");
    app.advance(29 * 86_400);
    assert!(is_signed_in(&mut client).await);
    app.advance(86_400);
    assert!(!is_signed_in(&mut client).await);
}

#[tokio::test]
async fn over_https_cookies_are_secure_and_bound_to_the_host() {
    let app = TestApp::with(&[("PUBLIC_URL", "https://portal.example.com")]).await;
    let mut client = app.form();
    let answer = client.register("ann", "ann@x.example", PASSWORD).await;
    let flow = answer.set_cookie("__Host-portal_flow").expect("a flow cookie");
    assert!(flow.contains("Secure") && flow.contains("HttpOnly") && flow.contains("SameSite=Lax"), "{flow}");
    let code = app.code_for("ann@x.example").await;
    client.verify(&code).await;
    let answer = client.sign_in("ann", PASSWORD).await;
    let session = answer.set_cookie("__Host-portal_session").expect("a session cookie");
    assert!(session.contains("Secure") && !session.contains("Domain"), "{session}");
}

#[tokio::test]
async fn signing_in_changes_the_id_and_the_old_one_is_invalid() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    // A refused post leaves a flash message, and with it an anonymous session.
    client.sign_in("ann", "another fine password").await;
    let before = client.cookies.get(COOKIE).cloned().expect("an anonymous session");
    client.sign_in("ann", PASSWORD).await;
    let after = client.cookies.get(COOKIE).cloned().expect("a session");
    assert_ne!(before, after);
    let mut planted = app.form();
    planted.cookies.insert(COOKIE.into(), before);
    assert!(!is_signed_in(&mut planted).await);
    assert!(is_signed_in(&mut client).await);
    // Signing in again ends the session it replaces.
    client.sign_in("ann", PASSWORD).await;
    let mut replaced = app.form();
    replaced.cookies.insert(COOKIE.into(), after);
    assert!(!is_signed_in(&mut replaced).await);
}

#[tokio::test]
async fn only_the_hash_of_the_cookie_is_stored() {
    use base64::Engine as _;
    let app = TestApp::new().await;
    let client = signed_in(&app).await;
    let cookie = &client.cookies[COOKIE];
    let raw = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(cookie).expect("base64");
    assert_eq!(raw.len(), 16, "128 bits");
    let bytes = app.database_bytes();
    assert!(!bytes.windows(16).any(|window| window == raw));
    assert!(!bytes.windows(cookie.len()).any(|window| window == cookie.as_bytes()));
}

#[tokio::test]
async fn signing_out_deletes_row_and_cookie_and_a_replayed_cookie_is_anonymous() {
    for script in [true, false] {
        let app = TestApp::new().await;
        let mut client = signed_in(&app).await;
        if script {
            client.mode = super::harness::Mode::Script;
        }
        let mut replay = client.clone();
        let answer = client.post("/logout", &[]).await;
        assert_eq!(answer.header("clear-site-data"), Some("\"cache\""), "script: {script}");
        assert_eq!(answer.location().as_deref(), Some("/login"));
        assert!(!client.cookies.contains_key(COOKIE), "the cookie is cleared");
        assert_eq!(app.count("SELECT COUNT(*) FROM session WHERE account_id IS NOT NULL").await, 0);
        assert!(!is_signed_in(&mut replay).await);
        assert_eq!(replay.get("/dashboard").await.location().as_deref(), Some("/login?next=/dashboard"));
    }
}

#[tokio::test]
async fn sign_out_accepts_only_posts() {
    let app = TestApp::new().await;
    let mut client = signed_in(&app).await;
    let answer = client.get("/logout").await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert!(is_signed_in(&mut client).await, "GET changes nothing");
}

#[tokio::test]
async fn fifty_requests_racing_the_sign_out_do_not_revive_the_session() {
    let app = TestApp::new().await;
    let client = signed_in(&app).await;
    app.advance(120);
    let racing = join_all((0..50).map(|n| {
        let mut client = client.clone();
        async move {
            if n == 25 {
                client.post("/logout", &[]).await;
            } else if n % 2 == 0 {
                client.get("/dashboard").await;
            } else {
                // Leaves a flash message, which is a write to the session.
                client.post("/verify", &[("code", "000000")]).await;
            }
        }
    }));
    racing.await;
    assert!(!is_signed_in(&mut client.clone()).await);
    assert_eq!(app.count("SELECT COUNT(*) FROM session WHERE account_id IS NOT NULL").await, 0);
}

#[tokio::test]
async fn a_client_with_a_forged_or_stale_cookie_is_signed_out() {
    let app = TestApp::new().await;
    for value in ["x", "AAAAAAAAAAAAAAAAAAAAAA", "%00%ff", "\"", "a b", "é", &"A".repeat(4_000)] {
        for path in ["/", "/login", "/register", "/dashboard", "/verify"] {
            let mut client = app.form();
            client.cookies.insert(COOKIE.into(), value.into());
            client.cookies.insert("portal_flow".into(), value.into());
            let answer = client.get(path).await;
            assert!(!answer.status.is_server_error() && answer.status != 400, "{path} {value:?} {}", answer.status);
        }
        let mut client = app.form();
        client.cookies.insert(COOKIE.into(), value.into());
        assert!(!is_signed_in(&mut client).await);
    }
}

#[tokio::test]
async fn a_session_whose_data_cannot_be_read_is_signed_out() {
    let app = TestApp::new().await;
    let mut client = signed_in(&app).await;
    app.execute("UPDATE session SET data = '{\"signed_in\":{\"account_id\":7}}'").await;
    assert!(!is_signed_in(&mut client).await);
    assert_eq!(client.get("/login").await.status, 200);
}

#[tokio::test]
async fn disabling_an_account_ends_its_sessions_at_once() {
    let app = TestApp::new().await;
    let mut client = signed_in(&app).await;
    app.execute("UPDATE account SET disabled_at = 1").await;
    assert!(!is_signed_in(&mut client).await);
}

#[tokio::test]
async fn ended_sessions_are_purged_and_live_ones_are_not() {
    let app = TestApp::new().await;
    let mut client = signed_in(&app).await;
    app.state.maintenance().purge().await.expect("purges");
    assert!(is_signed_in(&mut client).await);
    app.advance(30 * 60);
    app.state.maintenance().purge().await.expect("purges");
    assert_eq!(app.count("SELECT COUNT(*) FROM session").await, 0);
}

#[tokio::test]
async fn a_page_that_redirects_can_end_the_session() {
    let app = TestApp::new().await;
    let mut client = signed_in(&app).await;
    let id = client.cookies[COOKIE].parse().expect("a session id");
    let session = Session::new(Some(id), Arc::new(app.state.sessions.clone()), None);
    let by = request_context::read(&HeaderMap::new(), &Extensions::new(), &app.state.config, None, None);
    // What the loader of a page returns.
    let error = NextStep::go("/login").with_session(SessionChange::End).into();
    let assets = Assets { css: String::new(), js: String::new(), wasm: String::new() };
    let pages = Pages::new(app.state.clone(), assets);
    let answer = pages.refuse(error, None, &by, &session, None).await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["location"]), (303, &HeaderValue::from_static("/login")));
    assert!(!is_signed_in(&mut client).await);
}
