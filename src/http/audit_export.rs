//! The audit log as a CSV download.

use std::collections::HashMap;

use axum::extract::Form;
use axum::response::Response;
use futures_util::TryStreamExt as _;
use uuid::Uuid;

use super::download::{self, Download, Fields};
use crate::datetime::rfc3339;
use crate::paths;
use crate::routes::admin::audit::filter;
use crate::routes::query::Query;
use crate::services::admin::{AuditExport, action_label, actor_name, target_name};
use crate::store::audit::AuditEntry;

const COLUMNS: [&str; 11] =
    ["Row", "When", "By", "By account", "Action", "Target", "Target account", "Detail", "Reason", "IP address", "Hash"];

/// Handles "Download as CSV" on the audit log page.
pub async fn answer(download: Download, Form(fields): Form<Fields>) -> Response {
    let query = Query::posted(paths::ADMIN_AUDIT, fields);
    match download.state.admin().export_audit_log(filter(&query), &download.by).await {
        Ok(export) => file(export),
        Err(error) => download.failed(error, query.here()).await,
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
