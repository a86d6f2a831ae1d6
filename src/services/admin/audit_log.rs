//! The audit log, as shown to administrators.

use std::collections::HashMap;

use uuid::Uuid;

use super::AdminService;
use crate::domain::{AuditAction, Username};
use crate::services::keyset::{self, Cursor, Page};
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::accounts;
use crate::store::audit::{self, AuditEntry, Filter};

/// Entries per page.
const PAGE: u8 = 50;

/// The filter for entries as typed. An empty field matches all entries.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditQuery<'a> {
    pub action: &'a str,
    /// The username of the account that acted.
    pub who: &'a str,
    /// The username of the account that was acted on.
    pub whom: &'a str,
}

/// A page of the log, and the usernames of the accounts in it that still exist.
#[derive(Clone, Debug)]
pub struct AuditPage {
    pub page: Page<AuditEntry>,
    pub names: HashMap<Uuid, String>,
}

impl AdminService<'_> {
    /// Returns a page of the audit log.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator.
    pub async fn audit_log(
        &self,
        query: AuditQuery<'_>,
        cursor: Cursor<i64>,
        by: &RequestContext,
    ) -> Result<AuditPage, ServiceError> {
        by.administrator()?;
        let Some(filter) = self.filter(query).await? else {
            return Ok(AuditPage { page: Page::empty(), names: HashMap::new() });
        };
        let db = self.core.store.reader();
        let fetch = |cursor, most| audit::list(db, &filter, cursor, most);
        let page = keyset::page(cursor, PAGE, fetch).await?;
        let ids = page.rows.iter().flat_map(|entry| [entry.actor_id, entry.target_id]).flatten().collect();
        let names = accounts::names(db, ids).await?;
        Ok(AuditPage { page, names })
    }

    /// Parses a filter. Returns `None` if no entry can match, for example for an unknown username.
    pub(super) async fn filter(&self, query: AuditQuery<'_>) -> Result<Option<Filter>, ServiceError> {
        let mut filter = Filter::default();
        if !query.action.is_empty() {
            let Some(action) = AuditAction::parse(query.action) else { return Ok(None) };
            filter.action = Some(action);
        }
        for (typed, account) in [(query.who, &mut filter.actor), (query.whom, &mut filter.target)] {
            if typed.trim().is_empty() {
                continue;
            }
            let Ok(username) = Username::parse(typed.trim()) else { return Ok(None) };
            let found = accounts::by_username(self.core.store.reader(), &username).await?;
            let Some(found) = found else { return Ok(None) };
            *account = Some(found.id);
        }
        Ok(Some(filter))
    }
}

/// Returns who acted. `names` are the usernames of the accounts that still exist.
pub fn actor_name(entry: &AuditEntry, names: &HashMap<Uuid, String>) -> String {
    match (entry.actor_id, entry.actor_kind.as_str()) {
        (Some(id), _) => account_name(id, names),
        (None, "command_line") => "CLI".to_owned(),
        (None, _) => "System".to_owned(),
    }
}

/// Returns the account that was acted on, or an empty text. `names` are the usernames of the accounts that still exist.
pub fn target_name(entry: &AuditEntry, names: &HashMap<Uuid, String>) -> String {
    entry.target_id.map(|id| account_name(id, names)).unwrap_or_default()
}

fn account_name(id: Uuid, names: &HashMap<Uuid, String>) -> String {
    names.get(&id).cloned().unwrap_or_else(|| format!("Deleted account ({id})"))
}

/// Returns the label of the action. An unknown action is shown as it is stored.
pub fn action_label(entry: &AuditEntry) -> String {
    AuditAction::parse(&entry.action).map_or_else(|| entry.action.clone(), |action| action.label().to_owned())
}
