//! The routes of the portal and the middleware in front of them.

use std::convert::Infallible;
use std::future::ready;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use leptos::prelude::provide_context;
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::{generate_route_list, handle_server_fns_with_context};
use tower::{Service as _, ServiceBuilder};
use tower_http::compression::CompressionLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use super::pages::{self, Pages, Visitor};
use super::{assets, audit_export, auth, dev_mailbox, error_page, export, front, health, users_export};
use crate::app;
use crate::config::mail::TransportConfig;
use crate::paths;
use crate::routes::session::cookies;
use crate::state::AppState;

/// Builds the router. Must be called inside a Tokio runtime.
pub fn build(state: &AppState) -> Router {
    let site = &state.config.site;
    let assets = assets::names(&site.root);
    let pages = Pages::new(state.clone(), assets.clone());
    let mut router = documents(&pages);
    if let TransportConfig::File { dir, .. } = &state.config.mail.transport {
        let mailbox = dev_mailbox::routes(dir.clone(), assets.css);
        router = router.merge(mailbox.route_layer(middleware::from_fn_with_state(pages, dev_mailbox::guard)));
    }
    let package = Router::new().fallback_service(assets::package(&site.root)).layer(middleware::from_fn(assets::guard));
    let router = router
        .nest(&format!("/{}", assets::PACKAGE), package)
        .route(paths::LIVEZ, get(health::livez))
        .route(paths::READYZ, get(health::readyz).with_state(state.clone()));
    with_middleware(router, state)
}

/// Adds the middleware that all routes share.
pub fn with_middleware(routes: Router, state: &AppState) -> Router {
    let front = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(state.clone(), front::layer))
        .layer(CompressionLayer::new());
    // Added around all routes as a whole, so that it also sees what axum adds to a response, such
    // as `Allow`.
    Router::new().fallback_service(routes).layer(front)
}

/// Answers a GET request to the URL of a form.
async fn method_not_allowed() -> Response {
    let text = "This URL only accepts form submissions. Go back and try again.";
    error_page::page(StatusCode::METHOD_NOT_ALLOWED, "This page can't be opened directly", text)
}

/// Returns the routes that depend on the session: the pages, the server functions, the downloads,
/// and the 404 page.
fn documents(pages: &Pages) -> Router {
    let state = pages.state();
    let mut router = Router::new();
    for page in generate_route_list(app::routes) {
        router = router.route(page.path(), get(pages::show).with_state(pages.clone()));
    }
    for (path, _) in server_fn_paths() {
        let state = state.clone();
        let context = move || provide_context(state.clone());
        router = router.route(path, post(move |request: Request| handle_server_fns_with_context(context, request)));
    }
    let not_found = {
        let pages = pages.clone();
        tower::service_fn(move |mut request: Request| {
            let visitor = request.extensions_mut().remove::<Visitor>();
            ready(Ok::<_, Infallible>(pages.not_found(visitor.and_then(|visitor| visitor.account))))
        })
    };
    let public = {
        let files = assets::public(&state.config.site.root).fallback(not_found.clone());
        tower::service_fn(move |request: Request| {
            let (mut files, mut not_found) = (files.clone(), not_found.clone());
            async move {
                if assets::is_hidden(request.uri().path()) {
                    return not_found.call(request).await;
                }
                files.call(request).await.map(IntoResponse::into_response).map(assets::served)
            }
        })
    };
    router
        .fallback_service(public)
        .route(paths::ACCOUNT_EXPORT, post(export::answer))
        .route(paths::ADMIN_AUDIT_EXPORT, post(audit_export::answer))
        .route(paths::ADMIN_USERS_EXPORT, post(users_export::answer))
        .with_state(state.clone())
        .method_not_allowed_fallback(method_not_allowed)
        .layer(
            ServiceBuilder::new()
                .layer(sessions(state))
                .layer(middleware::from_fn_with_state(pages.clone(), auth::layer)),
        )
}

fn sessions(state: &AppState) -> SessionManagerLayer<crate::store::sessions::Sessions> {
    let https = state.config.site.https();
    SessionManagerLayer::new(state.sessions.clone())
        .with_name(cookies::session_name(https))
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnSessionEnd)
}
