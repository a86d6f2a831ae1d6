//! The export of all personal data that the portal stores about a user.

use axum::Extension;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use time::OffsetDateTime;
use tower_sessions::Session;

use super::error_page;
use crate::domain::Timestamp;
use crate::paths;
use crate::routes::access;
use crate::routes::form::RequestId;
use crate::routes::session::pending_form::{self, PendingForm};
use crate::services::{RequestContext, ServiceError};
use crate::state::AppState;
use crate::store::account_export::AccountExport;

/// Handles "Export my data".
pub async fn answer(
    State(state): State<AppState>,
    Extension(by): Extension<RequestContext>,
    Extension(id): Extension<RequestId>,
    session: Session,
) -> Response {
    match state.account_settings.export(&by).await {
        Ok((export, at)) => file(&export, at).unwrap_or_else(|| error_page::unavailable(&id.0)),
        Err(ServiceError::ReauthenticationRequired) => {
            let form = PendingForm {
                form: paths::ACCOUNT_EXPORT.to_owned(),
                page: paths::ACCOUNT.to_owned(),
                values: Vec::new(),
            };
            match pending_form::put(&session, &form).await {
                Ok(()) => see_other(paths::ACCOUNT_CONFIRM),
                Err(error) => error_page::failed(&error, Some(&id)),
            }
        }
        Err(ServiceError::Unauthenticated) => see_other(&access::sign_in_url(paths::ACCOUNT_EXPORT)),
        Err(error) => error_page::failed(&error, Some(&id)),
    }
}

fn file(export: &AccountExport, at: Timestamp) -> Option<Response> {
    let json = serde_json::to_string_pretty(export).ok()?;
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
