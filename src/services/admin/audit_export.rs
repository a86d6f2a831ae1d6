//! Exporting the audit log to a file.

use std::collections::HashMap;

use futures_util::stream::{self, Stream};
use uuid::Uuid;

use super::AdminService;
use super::audit_log::AuditQuery;
use crate::domain::{AuditAction, Timestamp};
use crate::services::audit::AuditEvent;
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::audit::{self, AuditEntry, Filter};
use crate::store::{Cursor, Store, StoreError, accounts};

/// Rows per query, which limits how much of an export is held in memory.
const BATCH: u64 = 500;

/// An audit log export that is ready to be read.
#[derive(Debug)]
pub struct AuditExport {
    /// When the export was requested.
    pub at: Timestamp,
    store: Store,
    /// `None` if no row can match.
    filter: Option<Filter>,
}

/// Rows, and the usernames of the accounts in them that still exist.
pub type Batch = (Vec<AuditEntry>, HashMap<Uuid, String>);

impl AdminService<'_> {
    /// Starts an export of all matching rows. Because the data leaves the portal, the export
    /// requires recent authentication and is itself recorded in the audit log.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator, or [`ServiceError::ReauthenticationRequired`]
    /// if they did not recently authenticate.
    pub async fn export_audit_log(
        &self,
        query: AuditQuery<'_>,
        by: &RequestContext,
    ) -> Result<AuditExport, ServiceError> {
        // Check this before parsing the filter, so that other users cannot probe the filter either.
        by.administrator()?;
        let filter = self.filter(query).await?;
        let admin_tx = self.begin_reauthenticated(by).await?;
        admin_tx.commit(AuditEvent::of(AuditAction::AuditExported).about(&label(filter.as_ref()))).await?;
        Ok(AuditExport { at: self.core.clock.now(), store: self.core.store.clone(), filter })
    }
}

/// Describes the exported part of the log. Accounts are named by id, as in every row.
fn label(filter: Option<&Filter>) -> String {
    let Some(filter) = filter else { return "no entries".to_owned() };
    let action = filter.action.map(|action| format!("action: {}", action.as_str()));
    let account = |word: &str, id: Option<Uuid>| id.map(|id| format!("{word}: {id}"));
    let parts = [action, account("by", filter.actor), account("target", filter.target)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl AuditExport {
    /// Streams the rows on demand, newest first, without rows written after the export started.
    pub fn batches(self) -> impl Stream<Item = Result<Batch, StoreError>> + Send + 'static {
        let Self { store, filter, .. } = self;
        let from = filter.map(|filter| (filter, Cursor::First));
        stream::try_unfold((store, from), |(store, from)| async move {
            let Some((filter, cursor)) = from else { return Ok(None) };
            let db = store.reader();
            let rows = audit::list(db, &filter, cursor, BATCH).await?;
            let Some(last) = rows.last().map(|entry| entry.seq) else { return Ok(None) };
            let ids = rows.iter().flat_map(|entry| [entry.actor_id, entry.target_id]).flatten().collect();
            let names = accounts::names(db, ids).await?;
            Ok(Some(((rows, names), (store, Some((filter, Cursor::Before(last)))))))
        })
    }
}
