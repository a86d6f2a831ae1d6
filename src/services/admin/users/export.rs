//! Exporting the users to a file.

use std::collections::HashSet;

use futures_util::stream::{self, Stream};
use uuid::Uuid;

use super::{AdminService, UsersQuery};
use crate::domain::{AuditAction, Timestamp};
use crate::services::audit::AuditEvent;
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::users::{self, Filter, User};
use crate::store::{Cursor, Store, StoreError};

/// Rows per query, which limits how much of an export is held in memory.
const BATCH: u64 = 500;

/// A user export that is ready to be read.
#[derive(Debug)]
pub struct UsersExport {
    /// When the export was requested.
    pub at: Timestamp,
    store: Store,
    /// `None` if no user can match.
    filter: Option<Filter>,
}

/// Users, and the ids of those with two-step sign-in.
pub type Batch = (Vec<User>, HashSet<Uuid>);

impl AdminService<'_> {
    /// Starts an export of all matching users. Because their emails leave the portal, the export
    /// requires recent authentication and is recorded in the audit log.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator, or [`ServiceError::ReauthenticationRequired`]
    /// if they did not recently authenticate.
    pub async fn export_users(&self, query: UsersQuery<'_>, by: &RequestContext) -> Result<UsersExport, ServiceError> {
        let admin_tx = self.begin_reauthenticated(by).await?;
        admin_tx.commit(AuditEvent::of(AuditAction::UsersExported).about(&label(query))).await?;
        Ok(UsersExport { at: self.core.clock.now(), store: self.core.store.clone(), filter: query.filter() })
    }
}

/// Describes the exported users. The search text is left out because it may be a name or an email.
fn label(query: UsersQuery<'_>) -> String {
    let Some(filter) = query.filter() else { return "no users".to_owned() };
    let state = filter.state.map(|state| format!("state: {}", state.as_str()));
    let role = filter.role.map(|role| format!("role: {}", role.as_str()));
    let search = (!query.q.trim().is_empty()).then(|| "with a search".to_owned());
    [state, role, search].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl UsersExport {
    /// Streams all matching users on demand, in list order.
    pub fn batches(self) -> impl Stream<Item = Result<Batch, StoreError>> + Send + 'static {
        let Self { store, filter, .. } = self;
        let from = filter.map(|filter| (filter, Cursor::First));
        stream::try_unfold((store, from), |(store, from)| async move {
            let Some((filter, cursor)) = from else { return Ok(None) };
            let db = store.reader();
            let found = users::list(db, &filter, cursor, BATCH).await?;
            let Some(last) = found.last().map(|user| user.key.clone()) else { return Ok(None) };
            let ids: Vec<Uuid> = found.iter().map(|user| user.id).collect();
            let two_step = users::with_two_steps(db, &ids).await?;
            Ok(Some(((found, two_step), (store, Some((filter, Cursor::Before(last)))))))
        })
    }
}
