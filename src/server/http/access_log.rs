//! A request's id, its line in the log, and the net under a panic.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::server::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id under which everything a request did is in the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// On an answer of which there may be thousands a second: whoever gave it has
/// told of all of them in one line.
#[derive(Clone, Copy, Debug)]
pub struct Unremarkable;

/// Gives the request an id, and logs how it was answered. The query is left
/// out: somebody may have put there what does not belong.
pub async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let began = state.clock.now();
    let id = state.rng.id(began).simple().to_string();
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    request.extensions_mut().insert(RequestId(id.clone()));
    async {
        let mut response = next.run(request).await;
        let took_ms = u64::try_from(state.clock.now().since(began).as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        if response.extensions().get::<Unremarkable>().is_some() {
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
