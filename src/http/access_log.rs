//! The access log: a request ID for each request, and one log line for each response.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::routes::form::RequestId;
use crate::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Marks a response that may occur thousands of times a second. Its access-log line drops to the
/// debug level; the layer that sends it logs a summary at most once a second.
#[derive(Clone, Copy, Debug)]
pub struct SkipAccessLog;

/// Assigns a request ID and logs method, path, status and duration. The query string is not logged,
/// since it may hold tokens or personal data.
pub async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let began = state.clock.now();
    let id = state.rng.id(began).simple().to_string();
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    request.extensions_mut().insert(RequestId(id.clone()));
    async {
        let mut response = next.run(request).await;
        let took_ms = u64::try_from(state.clock.now().since(began).as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        if response.extensions().get::<SkipAccessLog>().is_some() {
            tracing::debug!(status, took_ms, "answered");
        } else {
            tracing::info!(status, took_ms, "answered");
        }
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
    .instrument(span)
    .await
}
