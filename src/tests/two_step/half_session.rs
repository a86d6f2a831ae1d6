//! Sessions with a pending second step, which can open nothing else.

use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;
use portal::app;

use super::{Mode, TestApp, enrolled, half, is_signed_in};

/// Every page, from the table of routes, so that a new one is included automatically.
pub(crate) fn pages() -> Vec<String> {
    let pages: Vec<_> = generate_route_list(app::routes).into_iter().map(|route| route.path().to_owned()).collect();
    assert!(pages.len() >= 9 && pages.iter().any(|path| path == "/account/security"), "{pages:?}");
    pages
}

/// Every server function.
pub(crate) fn functions() -> Vec<&'static str> {
    let functions: Vec<_> = server_fn_paths().map(|(path, _)| path).collect();
    assert!(functions.len() >= 15 && functions.contains(&"/account/security/totp"), "{functions:?}");
    functions
}

fn is_at_or_below(path: &str, page: &str) -> bool {
    path == page || path.starts_with(&format!("{page}/"))
}

#[tokio::test]
async fn only_the_page_of_the_second_step_is_shown() {
    let app = TestApp::new().await;
    enrolled(&app, Mode::Form).await;
    let client = half(&app, Mode::Form).await;
    for path in pages() {
        // Pages that emails link to are public, and show nothing of an account.
        if is_at_or_below(&path, "/from-mail") {
            continue;
        }
        let answer = client.clone().get(&path).await;
        if is_at_or_below(&path, "/admin") {
            assert_eq!(answer.status, 404, "{path}");
        } else if path == "/login/mfa" {
            assert_eq!(answer.status, 200);
        } else {
            assert_eq!(answer.location().as_deref(), Some("/login/mfa"), "{path}");
        }
    }
}

#[tokio::test]
async fn only_the_functions_of_the_second_step_and_sign_out_can_be_called() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        enrolled(&app, mode).await;
        let client = half(&app, mode).await;
        for path in functions() {
            let open = ["/logout", "/from-mail", "/password/strength"].iter().any(|it| is_at_or_below(path, it));
            if open || is_at_or_below(path, "/login/mfa") {
                continue;
            }
            let answer = client.clone().post_bare(path, &[("code", "123456"), ("id", "x")]).await;
            if is_at_or_below(path, "/admin") {
                assert_eq!(answer.status, 404, "{path}");
            } else {
                assert_eq!(answer.location().as_deref(), Some("/login/mfa"), "{path}");
            }
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM totp WHERE confirmed_at IS NOT NULL").await, 1);
        assert!(!is_signed_in(&client).await);
    }
}

#[tokio::test]
async fn there_is_no_second_step_before_the_password() {
    let app = TestApp::new().await;
    let ann = enrolled(&app, Mode::Form).await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        assert_eq!(client.get("/login/mfa").await.location().as_deref(), Some("/login"));
        let answer = client.post("/login/mfa", &[("code", &ann.codes[0])]).await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
        assert!(client.seen(answer).await.contains("Sign in again."));
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM recovery_code WHERE used_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn starting_over_ends_the_pending_sign_in() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        let mut client = half(&app, mode).await;
        let replay = client.clone();
        assert!(client.get("/login/mfa").await.body.contains("action=\"/logout\""));
        assert_eq!(client.post("/logout", &[]).await.location().as_deref(), Some("/login"));
        assert_eq!(client.get("/login").await.status, 200);
        let mut replay = replay;
        assert_eq!(super::step(&mut replay, &ann.codes[0]).await.location().as_deref(), Some("/login"));
    }
}

#[tokio::test]
async fn the_page_has_the_form_for_a_code_and_the_trust_checkbox() {
    let app = TestApp::new().await;
    enrolled(&app, Mode::Form).await;
    let page = half(&app, Mode::Form).await.get("/login/mfa").await.body;
    for part in ["action=\"/login/mfa\"", "name=\"code\"", "name=\"trust\"", "autocomplete=\"one-time-code\""] {
        assert!(page.contains(part), "{part}: {page}");
    }
}
