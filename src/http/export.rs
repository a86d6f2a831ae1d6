//! The export of all personal data that the portal stores about a user.

use axum::body::Body;
use axum::response::Response;

use super::download::{self, Download};
use super::error_page;
use crate::datetime::iso_date;
use crate::paths;

/// Handles "Export my data".
pub async fn answer(download: Download) -> Response {
    let (export, at) = match download.state.account_settings().export(&download.by).await {
        Ok(export) => export,
        Err(error) => return download.failed(error, paths::ACCOUNT.to_owned()).await,
    };
    let name = format!("portal-export-{}.json", iso_date(at));
    match serde_json::to_string_pretty(&export) {
        Ok(json) => download::attachment(&name, "application/json", Body::from(json)),
        Err(_) => error_page::unavailable(&download.id.0),
    }
}
