//! All paths of the portal and the layers in front of them.

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use axum::{Router, middleware};
use leptos::prelude::{provide_context, with_context};
use leptos_axum::{LeptosRoutes as _, generate_route_list, render_app_async_with_context};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use super::{access_log, assets, body, cookies, dev_mailbox, fault, flood, guards, probes};
use crate::api::Visitor;
use crate::app::{App, Assets, shell};
use crate::paths;
use crate::server::config::mail::TransportConfig;
use crate::server::state::AppState;

/// Builds the router. Call it inside a tokio runtime.
pub fn build(state: &AppState) -> Router {
    let site = &state.config.site;
    let assets = assets::names();
    let mut router = pages(state, assets.clone());
    if let TransportConfig::File { dir } = &state.config.mail.transport {
        router = router.merge(dev_mailbox::routes(dir.clone(), assets.css));
    }
    let package =
        Router::new().fallback_service(assets::package(&site.root)).layer(middleware::from_fn(assets::cache_by_hash));
    router
        .nest(&format!("/{}", assets::PACKAGE), package)
        .method_not_allowed_fallback(not_this_way)
        .route(paths::LIVEZ, get(probes::livez))
        .route(paths::READYZ, get(probes::readyz).with_state(state.clone()))
        .layer(middleware::from_fn_with_state(state.clone(), flood::layer))
        .layer(CompressionLayer::new())
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(CatchPanicLayer::custom(|_| fault::unavailable("in the log")))
        .layer(middleware::from_fn(guards::odd_targets))
        .layer(middleware::from_fn_with_state(state.clone(), access_log::layer))
}

/// Somebody opened the address of a form's post.
async fn not_this_way() -> Response {
    let text = "This address answers to a button. Go back and press it there.";
    fault::page(StatusCode::METHOD_NOT_ALLOWED, "Nothing to see here", text)
}

/// What leptos renders, and the server functions on the paths of their pages.
fn pages(state: &AppState, assets: Assets) -> Router {
    let context = move || {
        provide_context(assets.clone());
        let visitor = with_context::<Parts, _>(|parts| parts.extensions.get::<Visitor>().cloned());
        if let Some(visitor) = visitor.flatten() {
            provide_context(visitor);
        }
    };
    let not_found = {
        let render = render_app_async_with_context(context.clone(), shell);
        move |request: Request| {
            let rendered = render(request);
            async move {
                let mut response: Response = rendered.await;
                *response.status_mut() = StatusCode::NOT_FOUND;
                response
            }
        }
    };
    let public = assets::public(&state.config.site.root);
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(App), context, shell)
        .fallback_service(public.fallback(tower::service_fn({
            let not_found = not_found.clone();
            move |request: Request| {
                let rendered = not_found(request);
                async move { Ok::<_, std::convert::Infallible>(rendered.await) }
            }
        })))
        .with_state(state.clone())
        .layer(middleware::from_fn_with_state(state.clone(), guards::layer))
        .layer(sessions(state))
        .layer(middleware::from_fn(body::layer))
}

fn sessions(state: &AppState) -> SessionManagerLayer<crate::server::store::sessions::Sessions> {
    let https = state.config.site.https();
    SessionManagerLayer::new(state.sessions.clone())
        .with_name(cookies::session_name(https))
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnSessionEnd)
}

fn header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
