//! The routes of the portal and the middleware in front of them.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, middleware};
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, with_context};
use leptos_axum::{LeptosRoutes as _, generate_route_list, render_app_async_with_context};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use super::auth::{self, AuthLayer, NotFound};
use super::headers::policy::{self, Policy};
use super::{
    access_log, assets, audit_export, body, csrf, dev_mailbox, error_page, export, headers, health, rate_limit,
    request_target, users_export,
};
use crate::app::{App, Assets, reload_port, shell};
use crate::config::mail::TransportConfig;
use crate::paths;
use crate::routes::page::LoadedPage;
use crate::routes::session::cookies;
use crate::state::AppState;
use crate::ui::PageContext;

/// Builds the router. Must be called inside a Tokio runtime.
pub fn build(state: &AppState) -> Router {
    let site = &state.config.site;
    let assets = assets::names();
    let mut router = pages(state, assets.clone());
    if let TransportConfig::File { dir } = &state.config.mail.transport {
        router = router.merge(dev_mailbox::routes(dir.clone(), assets.css));
    }
    let package =
        Router::new().fallback_service(assets::package(&site.root)).layer(middleware::from_fn(assets::cache_by_hash));
    let router = router
        .nest(&format!("/{}", assets::PACKAGE), package)
        .route(paths::LIVEZ, get(health::livez))
        .route(paths::READYZ, get(health::readyz).with_state(state.clone()));
    with_middleware(router, state)
}

/// Adds the middleware of every route, outermost first. It is one stack because axum boxes each
/// `layer` call on every request.
pub fn with_middleware(routes: Router, state: &AppState) -> Router {
    let fixed = headers::Fixed::new(state.config.site.https());
    let front = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(state.clone(), access_log::layer))
        .layer(middleware::from_fn_with_state(fixed, headers::layer))
        .layer(CatchPanicLayer::custom(|_| error_page::unavailable("see the log")))
        .layer(middleware::map_request(request_target::layer))
        .layer(middleware::map_request_with_state(state.clone(), csrf::layer))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), rate_limit::layer));
    // Added around all routes as a whole, so that it also sees what axum adds to a response, such
    // as `Allow`.
    Router::new().fallback_service(routes).layer(front)
}

/// Answers a GET request to the URL of a form.
async fn method_not_allowed() -> Response {
    let text = "This URL only accepts form submissions. Go back and try again.";
    error_page::page(StatusCode::METHOD_NOT_ALLOWED, "This page can't be opened directly", text)
}

/// The pages that leptos renders, and the server functions on the paths of their pages.
fn pages(state: &AppState, assets: Assets) -> Router {
    let context = move || {
        provide_context(assets.clone());
        let extensions = with_context::<Parts, _>(|parts| {
            let extensions = &parts.extensions;
            (
                extensions.get::<PageContext>().cloned(),
                extensions.get::<LoadedPage>().cloned(),
                extensions.get::<Nonce>().cloned(),
            )
        });
        let (page_context, page, nonce) = extensions.unwrap_or_default();
        if let Some(page_context) = page_context {
            provide_context(page_context);
        }
        if let Some(page) = page {
            provide_context(page);
        }
        // Replaces the nonce that leptos_axum generates, which is not in the policy header.
        if let Some(nonce) = nonce {
            provide_context(nonce);
        }
    };
    let render = render_app_async_with_context(context.clone(), shell);
    let not_found: NotFound = Arc::new(move |request: Request| {
        let rendered = render(request);
        Box::pin(async move {
            let mut response: Response = rendered.await;
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        })
    });
    let public = assets::public(&state.config.site.root);
    let policy = Policy::new(&policy::third_party_origins(state), reload_port());
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(App), context, shell)
        .fallback_service(public.fallback(tower::service_fn({
            let not_found = not_found.clone();
            move |request: Request| {
                let rendered = not_found(request);
                async move { Ok::<_, std::convert::Infallible>(rendered.await) }
            }
        })))
        .route(paths::ACCOUNT_EXPORT, post(export::answer))
        .route(paths::ADMIN_AUDIT_EXPORT, post(audit_export::answer))
        .route(paths::ADMIN_USERS_EXPORT, post(users_export::answer))
        .with_state(state.clone())
        .method_not_allowed_fallback(method_not_allowed)
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(state.config.limits.connections.body, body::layer))
                .layer(sessions(state))
                .layer(middleware::from_fn_with_state(headers::Pages::new(policy, state.rng.clone()), headers::pages))
                .layer(middleware::from_fn_with_state(AuthLayer { state: state.clone(), not_found }, auth::layer)),
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
