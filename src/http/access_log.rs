//! The access log: a request ID for each request, and one log line for each response.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use tracing::Span;

use crate::domain::Timestamp;
use crate::routes::form::RequestId;
use crate::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Marks a response whose access-log line drops to the debug level: a successful health check, a file, and a refusal
/// that may occur thousands of times a second, of which the check that sends it logs a summary at most once a second.
#[derive(Clone, Copy, Debug)]
pub struct SkipAccessLog;

/// A request that is not answered yet.
#[derive(Debug)]
pub struct Entry {
    pub id: RequestId,
    began: Timestamp,
}

impl Entry {
    /// Assigns an ID to the request, and returns the span of its log lines. The query string is not logged, since it
    /// may hold tokens or personal data.
    pub fn begin(request: &mut Request, state: &AppState) -> (Self, Span) {
        let began = state.clock.now();
        let id = state.rng.id(began).simple().to_string();
        let span = tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
        let id = RequestId(id);
        request.extensions_mut().insert(id.clone());
        (Self { id, began }, span)
    }

    /// Logs status and duration, and adds the ID to the response.
    pub fn end(self, response: &mut Response, state: &AppState) {
        let took_ms = u64::try_from(state.clock.now().since(self.began).as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        if response.extensions().get::<SkipAccessLog>().is_some() {
            tracing::debug!(status, took_ms, "answered");
        } else {
            tracing::info!(status, took_ms, "answered");
        }
        if let Ok(id) = HeaderValue::try_from(self.id.0) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
    }
}
