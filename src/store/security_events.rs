//! The security log of each account, shown to its owner. Events are written in the transaction of
//! the change.

use sea_orm::sea_query::{Expr, ExprTrait as _, SubQueryStatement};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DeleteMany, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, Select, Set,
};
use uuid::Uuid;

use super::entity::security_event::{ActiveModel, Column, Entity, Model};
use super::{Cursor, StoreError, batch};
use crate::domain::{SecurityEvent, Timestamp};
use crate::limits::SECURITY_EVENTS_MAX;

/// An event of an account.
#[derive(Clone, Debug)]
pub struct Event {
    pub id: Uuid,
    pub event: SecurityEvent,
    /// A short detail for the owner, never a secret.
    pub detail: Option<String>,
    pub at: Timestamp,
    pub ip: String,
    pub user_agent: String,
}

/// How many events are deleted at once if an account has many more than [`SECURITY_EVENTS_MAX`], because earlier versions
/// had no such limit.
const DELETED_AT_ONCE: u64 = 25;

/// Inserts an event, and deletes the oldest if the account has more than [`SECURITY_EVENTS_MAX`].
pub async fn insert(db: &impl ConnectionTrait, account_id: Uuid, new: Event) -> Result<(), StoreError> {
    insert_row(db, Some(account_id), new).await?;
    delete_oldest_query(account_id).exec(db).await?;
    Ok(())
}

/// Inserts an event and deletes it, which takes as long as [`insert`], for what must not reveal that there is no account.
pub async fn insert_and_delete(db: &impl ConnectionTrait, new: Event) -> Result<(), StoreError> {
    let id = new.id;
    insert_row(db, None, new).await?;
    Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

async fn insert_row(db: &impl ConnectionTrait, account_id: Option<Uuid>, new: Event) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id),
        account_id: Set(account_id),
        kind: Set(new.event.as_str().to_owned()),
        detail: Set(new.detail),
        at: Set(new.at),
        ip: Set(new.ip),
        user_agent: Set(new.user_agent),
    };
    row.insert(db).await?;
    Ok(())
}

/// Deletes the oldest events of an account beyond the maximum. Reads at most as many entries of the index as it allows.
fn delete_oldest_query(account_id: Uuid) -> DeleteMany<Entity> {
    let of_account = || Entity::find().select_only().column(Column::Id).filter(Column::AccountId.eq(account_id));
    let oldest_kept = of_account().order_by_desc(Column::Id).offset(SECURITY_EVENTS_MAX - 1).limit(1);
    let older = Expr::col((Entity, Column::Id)).lt(SubQueryStatement::from(oldest_kept.into_query()));
    let older = of_account().filter(older).order_by_asc(Column::Id).limit(DELETED_AT_ONCE);
    Entity::delete_many().filter(Column::Id.in_subquery(older.into_query()))
}

/// Returns up to `most` events of an account at `cursor`, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    cursor: Cursor<Uuid>,
    most: u64,
) -> Result<Vec<Event>, StoreError> {
    let rows = list_query(account_id, cursor, most).all(db).await?;
    Ok(cursor.newest_first(rows.into_iter().filter_map(read).collect()))
}

fn list_query(account_id: Uuid, cursor: Cursor<Uuid>, most: u64) -> Select<Entity> {
    cursor.select(Entity::find().filter(Column::AccountId.eq(account_id)), Column::Id, most)
}

/// Whether an account has an event of a kind since a time.
pub async fn any_since(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    event: SecurityEvent,
    since: Timestamp,
) -> Result<bool, StoreError> {
    Ok(any_since_query(account_id, event, since).one(db).await?.is_some())
}

/// Searches by the id, which begins with the time, because the index has no time.
fn any_since_query(account_id: Uuid, event: SecurityEvent, since: Timestamp) -> Select<Entity> {
    let first = uuid::Builder::from_unix_timestamp_millis(u64::try_from(since.0).unwrap_or(0), &[0; 10]).into_uuid();
    let of_account = Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::Id.gte(first));
    of_account.filter(Column::Kind.eq(event.as_str())).limit(1)
}

/// Anonymizes the events of an account: keeps what happened and when, erases the account, details,
/// IP address and browser. Returns the number of events.
pub async fn anonymize(db: &impl ConnectionTrait, account_id: Uuid) -> Result<u64, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::AccountId, Expr::value(None::<Uuid>))
        .col_expr(Column::Detail, Expr::value(None::<String>))
        .col_expr(Column::Ip, Expr::value(""))
        .col_expr(Column::UserAgent, Expr::value(""))
        .filter(Column::AccountId.eq(account_id))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Deletes up to `most` events older than `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::At.lt(before.0), most).await
}

/// Kinds that this version does not know are skipped.
fn read(row: Model) -> Option<Event> {
    Some(Event {
        id: row.id,
        event: SecurityEvent::parse(&row.kind)?,
        detail: row.detail,
        at: row.at,
        ip: row.ip,
        user_agent: row.user_agent,
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Cursor, any_since_query, delete_oldest_query, list_query};
    use crate::domain::{SecurityEvent, Timestamp};
    use crate::store::query_plan::{Plan, empty_store};

    #[tokio::test]
    async fn each_page_of_a_security_log_is_one_ordered_index_search() {
        let (store, _folder) = empty_store().await;
        let event = Uuid::max();
        for cursor in [Cursor::First, Cursor::Before(event), Cursor::After(event)] {
            let plan = Plan::of(&store, &list_query(Uuid::nil(), cursor, 51)).await;
            assert!(plan.is_one_search_by("security_event_account_id"), "{plan:?}");
        }
        let query = any_since_query(Uuid::nil(), SecurityEvent::PasskeyCloned, Timestamp(1_795_435_200_000));
        let plan = Plan::of(&store, &query).await;
        assert!(plan.is_one_search_by("security_event_account_id"), "{plan:?}");
    }

    #[tokio::test]
    async fn the_oldest_events_of_an_account_are_found_by_index_searches() {
        let (store, _folder) = empty_store().await;
        let plan = Plan::of(&store, &delete_oldest_query(Uuid::nil())).await;
        let indexes = ["sqlite_autoindex_security_event_1", "security_event_account_id"];
        assert!(plan.is_searches_by(&indexes), "{plan:?}");
    }
}
