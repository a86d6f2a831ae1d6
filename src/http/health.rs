//! Health checks for supervisors and load balancers.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};

use super::access_log::SkipAccessLog;
use crate::services::readiness::NotReady;
use crate::state::AppState;

type Answer = (StatusCode, [(HeaderName, &'static str); 1], Option<Extension<SkipAccessLog>>, &'static str);

/// Supervisors ask every few seconds, so only a failure is worth a line in the log.
fn answer(status: StatusCode, text: &'static str) -> Answer {
    let skip = status.is_success().then_some(Extension(SkipAccessLog));
    (status, [(CACHE_CONTROL, "no-store")], skip, text)
}

/// Reports liveness: the process runs.
pub async fn livez() -> Answer {
    answer(StatusCode::OK, "ok\n")
}

/// Reports readiness: the database can be read and written, and has the schema of this version.
pub async fn readyz(State(state): State<AppState>) -> Answer {
    match state.readiness.check().await {
        Ok(()) => answer(StatusCode::OK, "ready\n"),
        Err(NotReady::Unreadable) => answer(StatusCode::SERVICE_UNAVAILABLE, "the database cannot be read\n"),
        Err(NotReady::Unwritable) => answer(StatusCode::SERVICE_UNAVAILABLE, "the database cannot be written\n"),
    }
}
