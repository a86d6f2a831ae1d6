//! The audit log as a CSV download.

use std::collections::HashMap;

use axum::Extension;
use axum::extract::{Form, State};
use axum::response::Response;
use futures_util::TryStreamExt as _;
use serde::Deserialize;
use tower_sessions::Session;
use uuid::Uuid;

use super::download::{self, page_with};
use crate::datetime::rfc3339;
use crate::paths;
use crate::routes::form::RequestId;
use crate::services::RequestContext;
use crate::services::admin::{AuditExport, AuditQuery, action_label, actor_name, target_name};
use crate::state::AppState;
use crate::store::audit::AuditEntry;

const COLUMNS: [&str; 11] =
    ["Row", "When", "By", "By account", "Action", "Target", "Target account", "Detail", "Reason", "IP address", "Hash"];

/// The filters of the page with the export button.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filters {
    action: String,
    who: String,
    whom: String,
}

/// Handles "Download as CSV" on the audit log page.
pub async fn answer(
    State(state): State<AppState>,
    Extension(by): Extension<RequestContext>,
    Extension(id): Extension<RequestId>,
    session: Session,
    Form(filters): Form<Filters>,
) -> Response {
    let query = AuditQuery { action: &filters.action, who: &filters.who, whom: &filters.whom };
    match state.admin().export_audit_log(query, &by).await {
        Ok(export) => file(export),
        Err(error) => download::error_response(error, paths::ADMIN_AUDIT_EXPORT, filters.page(), &session, &id).await,
    }
}

impl Filters {
    /// Returns the URL of the audit log page with these filters.
    fn page(&self) -> String {
        let filters = [("action", self.action.as_str()), ("who", &self.who), ("whom", &self.whom)];
        page_with(paths::ADMIN_AUDIT, &filters)
    }
}

fn file(export: AuditExport) -> Response {
    let at = export.at;
    let rows = export.batches();
    let rows = rows.map_ok(|(entries, names)| entries.into_iter().map(|entry| cells(entry, &names)).collect());
    download::csv_file("audit", at, &COLUMNS, rows)
}

/// Formats an entry as a row. A saved copy of the hash shows later whether the log was changed.
fn cells(entry: AuditEntry, names: &HashMap<Uuid, String>) -> Vec<String> {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let hash = entry.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        entry.seq.to_string(),
        rfc3339(entry.at),
        actor_name(&entry, names),
        id(entry.actor_id),
        action_label(&entry),
        target_name(&entry, names),
        id(entry.target_id),
        entry.detail,
        entry.reason.value.unwrap_or_default(),
        entry.ip.value.unwrap_or_default(),
        hash,
    ]
}
