//! The audit log as a file.

use std::collections::HashMap;

use axum::Extension;
use axum::extract::{Form, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tower_sessions::Session;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::access_log::RequestId;
use super::stash::{self, Stash};
use super::views::admin::audit as view;
use super::{csv, fault};
use crate::api::admin::AuditEntryView;
use crate::domain::Timestamp;
use crate::paths;
use crate::server::services::administration::{AuditExport, AuditQuery};
use crate::server::services::{Requester, ServiceError};
use crate::server::state::AppState;
use crate::server::store::StoreError;
use crate::server::store::audit::Entry;

const COLUMNS: [&str; 11] =
    ["Row", "When", "Who", "Account", "What", "To whom", "Their account", "Detail", "Why", "From", "Hash"];

/// The filters of the page that the button stands on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filters {
    action: String,
    who: String,
    whom: String,
}

/// Answers the press of "Download as CSV".
pub async fn answer(
    State(state): State<AppState>,
    Extension(by): Extension<Requester>,
    Extension(id): Extension<RequestId>,
    session: Session,
    Form(filters): Form<Filters>,
) -> Response {
    let query = AuditQuery { action: &filters.action, who: &filters.who, whom: &filters.whom };
    match state.administration.export_audit_log(query, &by).await {
        Ok(export) => file(export),
        Err(ServiceError::Confirm) => {
            let form = paths::ADMIN_AUDIT_EXPORT.to_owned();
            match stash::put(&session, &Stash { form, page: filters.page(), values: Vec::new() }).await {
                Ok(()) => see_other(paths::ACCOUNT_CONFIRM),
                Err(error) => failed(&error, &id),
            }
        }
        // Demoted since the request came in.
        Err(ServiceError::NotThere) => see_other(paths::HOME),
        Err(error) => failed(&error, &id),
    }
}

impl Filters {
    /// The page with these filters.
    fn page(&self) -> String {
        let filters = [("action", &self.action), ("who", &self.who), ("whom", &self.whom)];
        let filters = filters.into_iter().filter(|(_, word)| !word.is_empty());
        let query = Serializer::new(String::new()).extend_pairs(filters).finish();
        if query.is_empty() { paths::ADMIN_AUDIT.to_owned() } else { format!("{}?{query}", paths::ADMIN_AUDIT) }
    }
}

fn file(export: AuditExport) -> Response {
    let name = format!("audit-{}.csv", moment(export.at).replace(':', ""));
    let rows = export.batches().map_ok(|(entries, names)| {
        let rows: Vec<_> = entries.into_iter().map(|entry| Ok::<_, StoreError>(cells(entry, &names))).collect();
        stream::iter(rows)
    });
    csv::stream(&name, &COLUMNS, rows.try_flatten().boxed())
}

/// A row of the file. Its hash, kept elsewhere, bears witness to the log.
fn cells(entry: Entry, names: &HashMap<Uuid, String>) -> Vec<String> {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let (actor, target) = (id(entry.actor_id), id(entry.target_id));
    let hash = entry.hash.iter().map(|octet| format!("{octet:02x}")).collect();
    let AuditEntryView { seq, at, who, what, whom, detail, address, reason } = view::view(entry, names);
    vec![seq.to_string(), moment(at), who, actor, what, whom, target, detail, reason, address, hash]
}

/// A moment in UTC (RFC 3339).
fn moment(at: Timestamp) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1_000)).ok();
    moment.and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}

fn see_other(to: &'static str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, HeaderValue::from_static(to))]).into_response()
}

fn failed(error: &dyn std::error::Error, id: &RequestId) -> Response {
    tracing::error!(%error, "a request failed");
    fault::unavailable(&id.0)
}
