//! The session store for tower-sessions. It enforces its own timeouts and ignores the expiry of
//! cookies and records. The list of an account's sessions is in `listing`, the lookup for each
//! request in `lookup`.

mod listing;
mod lookup;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Set};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store;
use uuid::Uuid;

use super::entity::session::{ActiveModel, Column, Entity};
use super::lineage::Lineage;
use super::{Store, StoreError, batch};
use crate::clock::Clock;
use crate::crypto::TokenDigest;
use crate::domain::Timestamp;
use crate::limits::SessionLimits;

pub use listing::{LiveSession, end, end_all, end_descendants, end_others, exists};
pub use lookup::{Owner, SessionLookup};

/// How long a request waits for the session's last use to be stored.
const TOUCH_LIMIT: Duration = Duration::from_secs(1);

/// The session key of [`SignedIn`].
pub const SIGNED_IN: &str = "signed_in";
/// The session key of [`SecondStep`].
pub const SECOND_STEP: &str = "second_step";

/// The user of a session, and how it began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    pub account_id: Uuid,
    /// The account's session version when the password was checked. A new version ends the session,
    /// whatever its row contains.
    #[serde(rename = "epoch")]
    pub session_version: i32,
    /// The public id with which its owner can end the session.
    pub handle: Uuid,
    /// Whether the session outlives the browser.
    pub remember: bool,
    pub at: i64,
    /// When the password or a passkey was last verified.
    pub authenticated_at: i64,
    /// Whether two factors were used.
    pub two_step: bool,
    /// When a second factor was last verified: a code or a passkey, but not a trusted browser.
    #[serde(default)]
    pub second_factor_at: Option<i64>,
    /// Where the factors come from that this session was authenticated with.
    #[serde(default)]
    pub ancestors: Lineage,
    pub ip: String,
    pub user_agent: String,
    pub previous_at: Option<i64>,
    pub previous_ip: Option<String>,
}

impl SignedIn {
    /// Returns the lineage of what the session adds.
    #[must_use]
    pub fn lineage(&self) -> Lineage {
        Lineage::of(self.handle, &self.ancestors)
    }
}

/// A sign-in that is waiting for its second step. For everything else the session is anonymous.
///
/// This is also what a request gets to see of a session that was signed in with the password only, once the account has
/// a factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondStep {
    pub account_id: Uuid,
    /// The same as in [`SignedIn`].
    #[serde(rename = "epoch")]
    pub session_version: i32,
    pub remember: bool,
    /// Where to redirect after the sign-in.
    pub next: Option<String>,
    /// When the password was verified. For a session that is already signed in, the time of the request: such a session
    /// waits as long as it lives.
    pub at: i64,
    /// The session that continues after the step, if it is already signed in. Not stored.
    #[serde(skip)]
    pub signed_in: Option<Box<SignedIn>>,
}

/// The session store.
#[derive(Clone, Debug)]
pub struct Sessions {
    store: Store,
    clock: Clock,
    limits: SessionLimits,
    /// The query of [`Sessions::open`]. Its text is built once, because nearly every request runs it.
    lookup: Arc<str>,
}

impl Sessions {
    pub fn new(store: Store, clock: Clock, limits: SessionLimits) -> Self {
        let lookup = lookup::query(store.reader().get_database_backend()).into();
        Self { store, clock, limits, lookup }
    }

    /// Returns when a session that began at `begin` ends at the latest.
    pub fn ends_at(&self, begin: Timestamp, remember: bool) -> Timestamp {
        begin + if remember { self.limits.remember } else { self.limits.absolute }
    }

    /// Deletes up to `most` sessions that have timed out and returns the number deleted.
    pub async fn purge(&self, db: &impl ConnectionTrait, most: u64) -> Result<u64, StoreError> {
        batch::delete::<Entity>(db, self.past_a_limit(self.clock.now()), most).await
    }

    /// Selects the rows for which [`Sessions::is_over`] is true.
    fn past_a_limit(&self, now: Timestamp) -> SimpleExpr {
        let short = Column::Remember.eq(false).and(
            Column::LastSeenAt
                .lte((now - self.limits.idle).0)
                .or(Column::CreatedAt.lte((now - self.limits.absolute).0)),
        );
        short.or(Column::CreatedAt.lte((now - self.limits.remember).0))
    }

    fn is_over(&self, remember: bool, began: Timestamp, last_seen: Timestamp, now: Timestamp) -> bool {
        let idle = if remember { self.limits.remember } else { self.limits.idle };
        now >= self.ends_at(began, remember) || now >= last_seen + idle
    }

    /// Records that the session is in use, but not on every request. The request does not depend
    /// on it: a page can be read while the disk is full or another process holds the lock.
    async fn touch(&self, digest: Vec<u8>, last_seen: Timestamp, now: Timestamp) {
        if now.since(last_seen) < self.limits.idle / 60 {
            return;
        }
        match tokio::time::timeout(TOUCH_LIMIT, self.write_last_seen(digest, now)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(event = "session.not_touched", %error),
            Err(_) => tracing::warn!(event = "session.not_touched", error = "timed out while waiting to write"),
        }
    }

    async fn write_last_seen(&self, digest: Vec<u8>, now: Timestamp) -> Result<(), StoreError> {
        let tx = self.store.write().await?;
        Entity::update_many()
            .col_expr(Column::LastSeenAt, Expr::value(now.0))
            .filter(Column::Digest.eq(digest))
            .exec(&tx)
            .await?;
        tx.commit().await
    }

    async fn find(&self, id: &Id) -> Result<Option<Record>, StoreError> {
        let Some(row) = Entity::find_by_id(digest(id)).one(self.store.reader()).await? else { return Ok(None) };
        let now = self.clock.now();
        if self.is_over(row.remember, row.created_at, row.last_seen_at, now) {
            return Ok(None);
        }
        self.touch(row.digest, row.last_seen_at, now).await;
        let data = serde_json::from_str(&row.data).map_err(|_| StoreError::Corrupt("session.data"))?;
        let ends_at = self.ends_at(row.created_at, row.remember);
        Ok(Some(Record { id: *id, data, expiry_date: moment(ends_at) }))
    }

    async fn insert(&self, record: &Record) -> Result<(), StoreError> {
        let now = self.clock.now();
        let signed_in = signed_in(&record.data);
        let account_id = signed_in.as_ref().map(|it| it.account_id);
        let row = ActiveModel {
            digest: Set(digest(&record.id)),
            account_id: Set(account_id),
            remember: Set(signed_in.as_ref().is_some_and(|it| it.remember)),
            data: Set(encode(&record.data)?),
            // A session that gets a new id keeps its start time.
            created_at: Set(signed_in.as_ref().map_or(now, |it| Timestamp(it.at))),
            last_seen_at: Set(now),
            handle: Set(signed_in.map(|it| it.handle)),
        };
        let tx = self.store.write().await?;
        row.insert(&tx).await?;
        if let Some(account_id) = account_id {
            self.end_oldest(&tx, account_id, digest(&record.id)).await?;
        }
        tx.commit().await
    }

    /// Updates an existing session. Never inserts, so a session that was ended in the meantime
    /// stays ended.
    async fn update(&self, record: &Record) -> Result<(), StoreError> {
        let signed_in = signed_in(&record.data);
        let tx = self.store.write().await?;
        Entity::update_many()
            .col_expr(Column::Data, Expr::value(encode(&record.data)?))
            .col_expr(Column::AccountId, Expr::value(signed_in.map(|it| it.account_id)))
            .filter(Column::Digest.eq(digest(&record.id)))
            .exec(&tx)
            .await?;
        tx.commit().await
    }

    async fn remove(&self, id: &Id) -> Result<(), StoreError> {
        let tx = self.store.write().await?;
        Entity::delete_by_id(digest(id)).exec(&tx).await?;
        tx.commit().await
    }
}

#[async_trait::async_trait]
impl session_store::SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.insert(record).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.update(record).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.find(id).await.map_err(backend)
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.remove(id).await.map_err(backend)
    }
}

/// Parses the user of a session, and how it began, from the data in its row.
pub(super) fn begun(data: &str) -> Option<SignedIn> {
    signed_in(&serde_json::from_str(data).ok()?)
}

fn digest(id: &Id) -> Vec<u8> {
    TokenDigest::of(&id.0.to_le_bytes()).into_bytes()
}

fn signed_in(data: &HashMap<String, serde_json::Value>) -> Option<SignedIn> {
    serde_json::from_value(data.get(SIGNED_IN)?.clone()).ok()
}

fn encode(data: &HashMap<String, serde_json::Value>) -> Result<String, StoreError> {
    serde_json::to_string(data).map_err(|_| StoreError::Corrupt("session.data"))
}

fn moment(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.0 / 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn backend(error: StoreError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}
