//! The audit log as a file.

use std::collections::HashMap;

use futures_util::stream::{self, Stream};
use uuid::Uuid;

use super::Administration;
use super::audit_log::AuditQuery;
use crate::domain::{AuditAction, Timestamp};
use crate::server::services::audit::Note;
use crate::server::services::outcome::ServiceError;
use crate::server::services::requester::Requester;
use crate::server::store::audit::{self, Entry, Filter};
use crate::server::store::{Store, StoreError, accounts};

/// Rows that are read together: what a download holds in memory.
const BATCH: u64 = 500;

/// A part of the log that is about to be read.
#[derive(Debug)]
pub struct AuditExport {
    /// When it was asked for.
    pub at: Timestamp,
    store: Store,
    /// Nothing when there cannot be any such row.
    filter: Option<Filter>,
}

/// Rows, and the names of the accounts in them that are still there.
pub type Batch = (Vec<Entry>, HashMap<Uuid, String>);

impl Administration {
    /// Begins to read everything in the log that is like this. What it tells of
    /// people leaves the portal: it asks for the password, and is in the log itself.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] to whoever is no administrator; the want of the
    /// password; faults.
    pub async fn export_audit_log(&self, query: AuditQuery<'_>, by: &Requester) -> Result<AuditExport, ServiceError> {
        // Before the filter is read: to others there is not even that.
        by.administrator()?;
        let filter = self.filter(query).await?;
        let deed = self.begin_fresh(by).await?;
        deed.commit(Note::of(AuditAction::AuditExported).about(&in_words(filter.as_ref()))).await?;
        Ok(AuditExport { at: self.clock.now(), store: self.store.clone(), filter })
    }
}

/// What of the log was taken along: accounts by their ids, as in every row.
fn in_words(filter: Option<&Filter>) -> String {
    let Some(filter) = filter else { return "nothing".to_owned() };
    let action = filter.action.map(|action| format!("what: {}", action.as_str()));
    let account = |word: &str, id: Option<Uuid>| id.map(|id| format!("{word}: {id}"));
    let parts = [action, account("who", filter.actor), account("to whom", filter.target)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl AuditExport {
    /// The rows, the newest first, as they are asked for. What is written
    /// meanwhile is not among them.
    pub fn batches(self) -> impl Stream<Item = Result<Batch, StoreError>> + Send + 'static {
        let Self { store, filter, .. } = self;
        let from = filter.map(|filter| (filter, None));
        stream::try_unfold((store, from), |(store, from)| async move {
            let Some((filter, before)) = from else { return Ok(None) };
            let db = store.reader();
            let rows = audit::newest(db, &filter, before, BATCH).await?;
            let Some(last) = rows.last().map(|entry| entry.seq) else { return Ok(None) };
            let ids = rows.iter().flat_map(|entry| [entry.actor_id, entry.target_id]).flatten().collect();
            let names = accounts::names(db, ids).await?;
            Ok(Some(((rows, names), (store, Some((filter, Some(last)))))))
        })
    }
}
