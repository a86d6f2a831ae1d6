//! The users as a file.

use std::collections::HashSet;

use futures_util::stream::{self, Stream};
use uuid::Uuid;

use super::{Administration, UsersQuery};
use crate::domain::{AuditAction, Timestamp};
use crate::server::services::audit::Note;
use crate::server::services::outcome::ServiceError;
use crate::server::services::requester::Requester;
use crate::server::store::users::{self, Filter, Key, User};
use crate::server::store::{Store, StoreError};

/// Rows that are read together: what a download holds in memory.
const BATCH: u64 = 500;

/// A part of the users that is about to be read.
#[derive(Debug)]
pub struct UsersExport {
    /// When it was asked for.
    pub at: Timestamp,
    store: Store,
    /// Nothing when nobody can be like that.
    filter: Option<Filter>,
}

/// Users, and whose sign-in takes two steps.
pub type Batch = (Vec<User>, HashSet<Uuid>);

/// From where the next batch is read: the last row of the one before.
type Place = Option<Key>;

impl Administration {
    /// Begins to read everybody who is like this. It takes the addresses of all
    /// out of the portal: it asks for the password, and is in the audit log.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] to whoever is no administrator; the want of the
    /// password; faults.
    pub async fn export_users(&self, query: UsersQuery<'_>, by: &Requester) -> Result<UsersExport, ServiceError> {
        let deed = self.begin_fresh(by).await?;
        deed.commit(Note::of(AuditAction::UsersExported).about(&in_words(query))).await?;
        Ok(UsersExport { at: self.clock.now(), store: self.store.clone(), filter: query.filter() })
    }
}

/// Who was taken along. What was searched for may be somebody's name or address.
fn in_words(query: UsersQuery<'_>) -> String {
    let Some(filter) = query.filter() else { return "nobody".to_owned() };
    let state = filter.state.map(|state| format!("state: {}", state.as_str()));
    let role = filter.role.map(|role| format!("role: {}", role.as_str()));
    let search = (!query.q.trim().is_empty()).then(|| "by a beginning".to_owned());
    [state, role, search].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl UsersExport {
    /// Everybody, in the order of the list, as they are asked for.
    pub fn batches(self) -> impl Stream<Item = Result<Batch, StoreError>> + Send + 'static {
        let Self { store, filter, .. } = self;
        let from: Option<(Filter, Place)> = filter.map(|filter| (filter, None));
        stream::try_unfold((store, from), |(store, from)| async move {
            let Some((filter, place)) = from else { return Ok(None) };
            let db = store.reader();
            let found = users::following(db, &filter, place.as_ref(), BATCH).await?;
            let Some(last) = found.last().map(|user| user.key.clone()) else { return Ok(None) };
            let ids: Vec<Uuid> = found.iter().map(|user| user.id).collect();
            let two_step = users::with_two_steps(db, &ids).await?;
            Ok(Some(((found, two_step), (store, Some((filter, Some(last)))))))
        })
    }
}
