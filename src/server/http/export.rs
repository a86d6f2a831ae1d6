//! The export of all personal data that the portal stores about a user.

use axum::Extension;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use time::OffsetDateTime;
use tower_sessions::Session;

use super::access_log::RequestId;
use super::stash::{self, Stash};
use super::{audience, fault};
use crate::domain::Timestamp;
use crate::paths;
use crate::server::services::{Requester, ServiceError};
use crate::server::state::AppState;
use crate::server::store::holdings::Holdings;

/// Handles "Export my data".
pub async fn answer(
    State(state): State<AppState>,
    Extension(by): Extension<Requester>,
    Extension(id): Extension<RequestId>,
    session: Session,
) -> Response {
    match state.own_account.export(&by).await {
        Ok((holdings, at)) => file(&holdings, at).unwrap_or_else(|| fault::unavailable(&id.0)),
        Err(ServiceError::Confirm) => {
            let form =
                Stash { form: paths::ACCOUNT_EXPORT.to_owned(), page: paths::ACCOUNT.to_owned(), values: Vec::new() };
            match stash::put(&session, &form).await {
                Ok(()) => see_other(paths::ACCOUNT_CONFIRM),
                Err(error) => failed(&error, &id),
            }
        }
        Err(ServiceError::SignIn) => see_other(&audience::sign_in(paths::ACCOUNT_EXPORT)),
        Err(error) => failed(&error, &id),
    }
}

fn file(holdings: &Holdings, at: Timestamp) -> Option<Response> {
    let json = serde_json::to_string_pretty(holdings).ok()?;
    let day = OffsetDateTime::from_unix_timestamp(at.0 / 1_000).ok()?.date();
    let name = format!("attachment; filename=\"portal-export-{day}.json\"");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&name).ok()?),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Some((headers, json).into_response())
}

fn see_other(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static(paths::HOME));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

fn failed(error: &dyn std::error::Error, id: &RequestId) -> Response {
    tracing::error!(%error, "a request failed");
    fault::unavailable(&id.0)
}
