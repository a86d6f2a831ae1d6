//! What a supervisor asks.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};

use crate::server::state::AppState;

type Answer = (StatusCode, [(HeaderName, &'static str); 1], &'static str);

fn answer(status: StatusCode, text: &'static str) -> Answer {
    (status, [(CACHE_CONTROL, "no-store")], text)
}

/// The process lives.
pub async fn livez() -> Answer {
    answer(StatusCode::OK, "ok\n")
}

/// The database answers and has the schema of this version.
pub async fn readyz(State(state): State<AppState>) -> Answer {
    match state.store.check().await {
        Ok(()) => answer(StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            answer(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
