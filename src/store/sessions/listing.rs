//! The sessions of one account, which its owner can view and end.

use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DeleteMany, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
};
use uuid::Uuid;

use super::{Sessions, SignedIn, begun};
use crate::domain::Timestamp;
use crate::limits::SESSIONS_MAX;
use crate::store::StoreError;
use crate::store::entity::session::{Column, Entity};

/// How many sessions are ended at once if an account has many more than [`SESSIONS_MAX`], because earlier versions had no
/// such limit.
const ENDED_AT_ONCE: u64 = 1_000;

/// An active session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSession {
    pub signed_in: SignedIn,
    /// Up to a sixtieth of the idle timeout too early, because not every use is recorded.
    pub last_seen_at: Timestamp,
}

impl Sessions {
    /// Returns the account's active sessions of this session version, newest first, among its newest
    /// `most` rows.
    ///
    /// Sessions of earlier versions stay in the table until they are purged, but they do not push out
    /// current ones: sessions of this version are newer, except for the session that incremented it.
    pub async fn live(
        &self,
        account_id: Uuid,
        session_version: i32,
        most: u64,
    ) -> Result<Vec<LiveSession>, StoreError> {
        let rows = self.newest(account_id, most).all(self.store.reader()).await?;
        let read = rows
            .into_iter()
            .filter_map(|row| Some(LiveSession { signed_in: begun(&row.data)?, last_seen_at: row.last_seen_at }));
        Ok(read.filter(|session| session.signed_in.session_version == session_version).collect())
    }

    fn newest(&self, account_id: Uuid, most: u64) -> Select<Entity> {
        Entity::find()
            .filter(Column::AccountId.eq(account_id))
            .filter(self.past_a_limit(self.clock.now()).not())
            .order_by_desc(Column::CreatedAt)
            .limit(most)
    }

    /// Ends the oldest sessions of an account that has more than [`SESSIONS_MAX`], but not the one that has just begun.
    pub(super) async fn end_oldest(
        &self,
        db: &impl ConnectionTrait,
        account_id: Uuid,
        begun: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.end_oldest_query(account_id, begun).exec(db).await?;
        Ok(())
    }

    fn end_oldest_query(&self, account_id: Uuid, begun: Vec<u8>) -> DeleteMany<Entity> {
        // The one that has just begun need not be the newest, because the clock may have been set back.
        let older = self.newest(account_id, ENDED_AT_ONCE).filter(Column::Digest.ne(begun)).offset(SESSIONS_MAX - 1);
        let older = older.select_only().column(Column::Digest).into_query();
        Entity::delete_many().filter(Column::Digest.in_subquery(older))
    }
}

/// Returns whether a session of this account still exists.
pub async fn exists(db: &impl ConnectionTrait, account_id: Uuid, handle: Uuid) -> Result<bool, StoreError> {
    let own = Entity::find().filter(Column::Handle.eq(handle)).filter(Column::AccountId.eq(account_id));
    Ok(own.count(db).await? == 1)
}

/// Ends the session of this account with this handle. Returns how it began, or `None` if the
/// account has no such session.
pub async fn end(db: &impl ConnectionTrait, account_id: Uuid, handle: Uuid) -> Result<Option<SignedIn>, StoreError> {
    let own = Entity::find().filter(Column::Handle.eq(handle)).filter(Column::AccountId.eq(account_id));
    let Some(row) = own.one(db).await? else { return Ok(None) };
    Entity::delete_by_id(row.digest).exec(db).await?;
    Ok(begun(&row.data))
}

/// Ends the sessions of an account that were authenticated with a factor which comes from `session`.
pub async fn end_descendants(db: &impl ConnectionTrait, account_id: Uuid, session: Uuid) -> Result<(), StoreError> {
    let rows = Entity::find().filter(Column::AccountId.eq(account_id)).all(db).await?;
    let descends = |data: &str| begun(data).is_some_and(|it| it.ancestors.includes(session));
    let digests: Vec<_> = rows.into_iter().filter(|row| descends(&row.data)).map(|row| row.digest).collect();
    if !digests.is_empty() {
        Entity::delete_many().filter(Column::Digest.is_in(digests)).exec(db).await?;
    }
    Ok(())
}

/// Ends all sessions of an account except the one with the handle `kept`.
pub async fn end_others(db: &impl ConnectionTrait, account_id: Uuid, kept: Uuid) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::AccountId.eq(account_id))
        // Sessions of versions without handles have none.
        .filter(Column::Handle.ne(kept).or(Column::Handle.is_null()))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends all sessions of an account. Sessions about to begin are ended by a new session version
/// instead.
pub async fn end_all(db: &impl ConnectionTrait, account_id: Uuid) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::AccountId.eq(account_id)).exec(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use crate::clock::{Clock, TestClock};
    use crate::limits::Limits;
    use crate::store::query_plan::{Plan, empty_store};
    use crate::store::sessions::Sessions;

    #[tokio::test]
    async fn listing_the_sessions_of_an_account_is_one_ordered_index_search() {
        let (store, _folder) = empty_store().await;
        let clock = Clock::Test(TestClock::at(crate::domain::Timestamp(0)));
        let sessions = Sessions::new(store.clone(), clock, Limits::default().session);
        let plan = Plan::of(&store, &sessions.newest(Uuid::nil(), 100)).await;
        assert!(plan.is_one_search_by("session_account_started"), "{plan:?}");
    }

    #[tokio::test]
    async fn ending_the_oldest_sessions_of_an_account_is_two_index_searches() {
        let (store, _folder) = empty_store().await;
        let clock = Clock::Test(TestClock::at(crate::domain::Timestamp(0)));
        let sessions = Sessions::new(store.clone(), clock, Limits::default().session);
        let plan = Plan::of(&store, &sessions.end_oldest_query(Uuid::nil(), vec![7; 32])).await;
        assert!(plan.is_searches_by(&["sqlite_autoindex_session_1", "session_account_started"]), "{plan:?}");
    }
}
