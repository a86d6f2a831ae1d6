//! The export of all personal data that the portal stores about a user.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use tower_sessions::Session;

use super::{download, error_page};
use crate::datetime::iso_date;
use crate::paths;
use crate::routes::form::RequestId;
use crate::services::RequestContext;
use crate::state::AppState;

/// Handles "Export my data".
pub async fn answer(
    State(state): State<AppState>,
    Extension(by): Extension<RequestContext>,
    Extension(id): Extension<RequestId>,
    session: Session,
) -> Response {
    let (export, at) = match state.account_settings().export(&by).await {
        Ok(export) => export,
        Err(error) => {
            let page = paths::ACCOUNT.to_owned();
            return download::error_response(error, paths::ACCOUNT_EXPORT, page, &session, &id).await;
        }
    };
    let name = format!("portal-export-{}.json", iso_date(at));
    match serde_json::to_string_pretty(&export) {
        Ok(json) => download::attachment(&name, "application/json", Body::from(json)),
        Err(_) => error_page::unavailable(&id.0),
    }
}
