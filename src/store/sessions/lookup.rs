//! The session and the account of a request.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Statement, TryGetable};
use serde::de::DeserializeOwned;
use tower_sessions::session::Id;
use uuid::Uuid;

use super::{SECOND_STEP, SIGNED_IN, SecondStep, Sessions, SignedIn, digest};
use crate::domain::{Role, Timestamp};
use crate::store::StoreError;

/// The first query of every authenticated request. Written as SQL because building it each time
/// costs more than running it.
const QUERY: &str = "SELECT s.data, s.remember, s.created_at, s.last_seen_at, a.id, a.username, a.email, a.role, \
                     a.created_at, a.verified_at, a.disabled_at, a.delete_after, a.session_epoch FROM session s \
                     LEFT JOIN account a ON a.id = s.account_id WHERE s.digest = $1";

/// The data of an active session, and its account.
#[derive(Clone, Debug)]
pub struct SessionLookup {
    data: Arc<HashMap<String, serde_json::Value>>,
    pub owner: Option<Owner>,
}

/// The part of a session's account that every page needs.
#[derive(Clone, Debug)]
pub struct Owner {
    pub id: Uuid,
    pub username: String,
    pub email: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub verified_at: Timestamp,
    /// Whether the account can be signed in to.
    pub open: bool,
    /// Incrementing it invalidates all earlier sessions.
    pub session_version: i32,
}

impl SessionLookup {
    /// Returns the signed-in user.
    pub fn signed_in(&self) -> Option<SignedIn> {
        self.get(SIGNED_IN)
    }

    /// Returns the sign-in that is waiting for its second step.
    pub fn second_step(&self) -> Option<SecondStep> {
        self.get(SECOND_STEP)
    }

    /// Returns whether the session has a value for this key.
    pub fn holds(&self, key: &str) -> bool {
        self.data.contains_key(key)
    }

    /// Values of another version that this one cannot parse count as missing.
    fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        T::deserialize(self.data.get(key)?).ok()
    }
}

impl Sessions {
    /// Returns the session with this id, unless it has ended or timed out. Records that the session
    /// is in use, except for background requests of a page (`in_background`).
    pub async fn open(&self, id: &Id, in_background: bool) -> Result<Option<SessionLookup>, StoreError> {
        let digest = digest(id);
        let state = self.store.state();
        let read = match state.and_then(|state| self.cache.get(state, &digest)) {
            Some(cached) => cached,
            None => match self.read(&digest).await? {
                Some(read) => self.cache.insert(state, &digest, read),
                None => return Ok(None),
            },
        };
        let now = self.clock.now();
        if self.is_over(read.remember, read.began, read.last_seen, now) {
            return Ok(None);
        }
        if !in_background {
            self.touch(digest, read.last_seen, now).await;
        }
        Ok(Some(read.session.clone()))
    }

    async fn read(&self, digest: &[u8]) -> Result<Option<Read>, StoreError> {
        let db = self.store.reader();
        let statement = Statement::from_sql_and_values(db.get_database_backend(), QUERY, [digest.into()]);
        let Some(row) = db.query_one_raw(statement).await? else { return Ok(None) };
        let row = Row(row);
        let data = serde_json::from_str(&row.get::<String>(0)?).map_err(|_| StoreError::Corrupt("session.data"))?;
        Ok(Some(Read {
            remember: row.get(1)?,
            began: Timestamp(row.get(2)?),
            last_seen: Timestamp(row.get(3)?),
            session: SessionLookup { data: Arc::new(data), owner: row.owner()? },
        }))
    }
}

/// A session as read from the database.
#[derive(Debug)]
pub(super) struct Read {
    remember: bool,
    began: Timestamp,
    last_seen: Timestamp,
    session: SessionLookup,
}

struct Row(QueryResult);

impl Row {
    fn get<T: TryGetable>(&self, column: usize) -> Result<T, DbErr> {
        self.0.try_get_by_index(column)
    }

    fn owner(&self) -> Result<Option<Owner>, DbErr> {
        let Some(id) = self.get(4)? else { return Ok(None) };
        let closed = self.get::<Option<i64>>(10)?.is_some() || self.get::<Option<i64>>(11)?.is_some();
        Ok(Some(Owner {
            id,
            username: self.get(5)?,
            email: self.get(6)?,
            role: Role::from_stored(&self.get::<String>(7)?),
            created_at: Timestamp(self.get(8)?),
            verified_at: Timestamp(self.get(9)?),
            open: !closed,
            session_version: self.get(12)?,
        }))
    }
}
