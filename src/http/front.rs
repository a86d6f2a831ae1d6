//! The outermost middleware, for every request: the access log, the response headers, panics, and the checks that run
//! before the session or the body is read.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;
use tracing::Instrument as _;

use super::access_log::Entry;
use super::{body, csrf, error_page, forwarding, headers, rate_limit, request_context, request_target};
use crate::fair_semaphore;
use crate::services::IpPrefix;
use crate::state::AppState;

/// Answers a request. All of this is one layer, because axum allocates memory for each layer and request.
pub async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    request_target::use_origin_form(&mut request);
    let change = csrf::may_change(request.method());
    forwarding::warn_untrusted(&request, &state);
    let (entry, span) = Entry::begin(&mut request, &state);
    let source = request_context::client_ip(request.headers(), request.extensions(), &state.config);
    let answered = async {
        let answered = AssertUnwindSafe(answer(request, &state, next)).catch_unwind().await;
        let mut response = answered.unwrap_or_else(|_| error_page::unavailable(&entry.id.0));
        headers::add(&mut response, state.config.site.https(), change);
        entry.end(&mut response, &state);
        response
    };
    fair_semaphore::work_for(IpPrefix::from(source).site(), answered.instrument(span)).await
}

async fn answer(request: Request, state: &AppState, next: Next) -> Response {
    let refused = request_target::refuse(&request)
        .or_else(|| csrf::refuse(&request, state))
        .or_else(|| rate_limit::refuse(&request, state));
    match refused {
        Some(response) => response,
        None if request.method() == Method::POST => {
            body::answer(request, state.config.limits.connections.body, next).await
        }
        None => next.run(request).await,
    }
}
