//! `/admin/audit`.

use std::collections::HashMap;

use axum::http::Uri;
use uuid::Uuid;

use super::query::Query;
use crate::api::admin::{AuditEntryView, AuditView};
use crate::domain::{AuditAction, audit_action};
use crate::http::views::LoadError;
use crate::services::RequestContext;
use crate::services::admin::{AuditPage, AuditQuery};
use crate::state::AppState;
use crate::store::audit::AuditEntry;

/// Loads the page of the audit log that the query selects.
pub(super) async fn load(state: &AppState, uri: &Uri, by: &RequestContext) -> Result<AuditView, LoadError> {
    let query = Query::of(uri);
    let asked = AuditQuery { action: query.word("action"), who: query.word("who"), whom: query.word("whom") };
    let AuditPage { page, names } = state.admin.audit_log(asked, query.place(), by).await?;
    let neighbours = query.neighbours(&page, |entry| entry.seq.to_string());
    let actions = audit_action::ALL.iter().map(|(_, word, words)| ((*word).to_owned(), (*words).to_owned()));
    Ok(AuditView {
        action: asked.action.to_owned(),
        who: asked.who.to_owned(),
        whom: asked.whom.to_owned(),
        actions: actions.collect(),
        entries: page.rows.into_iter().map(|entry| view(entry, &names)).collect(),
        neighbours,
    })
}

/// Formats an entry for display.
pub(in crate::http) fn view(entry: AuditEntry, names: &HashMap<Uuid, String>) -> AuditEntryView {
    let account = |id: Uuid| names.get(&id).cloned().unwrap_or_else(|| format!("Deleted account ({id})"));
    let who = match (entry.actor_id, entry.actor_kind.as_str()) {
        (Some(id), _) => account(id),
        (None, "command_line") => "CLI".to_owned(),
        (None, _) => "System".to_owned(),
    };
    let known = AuditAction::from_stored(&entry.action);
    AuditEntryView {
        seq: entry.seq,
        at: entry.at,
        who,
        what: known.map_or(entry.action, |action| action.label().to_owned()),
        whom: entry.target_id.map(account).unwrap_or_default(),
        detail: entry.detail,
        address: entry.ip.value.unwrap_or_default(),
        reason: entry.reason.value.unwrap_or_default(),
    }
}
