//! The outbox as administrators see it, without message contents. Sorted by id, newest first; ids
//! begin with a timestamp.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DerivePartialModel, EntityTrait as _, QueryFilter as _, Select};
use uuid::Uuid;

use super::{MailFault, MailState, waiting};
use crate::domain::Timestamp;
use crate::store::entity::outbox::{Column, Entity};
use crate::store::{Cursor, StoreError};

/// Search criteria. `None` matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    pub state: Option<MailState>,
    pub kind: Option<String>,
}

/// A message in the outbox, in any state.
#[derive(Clone, Debug, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Queued {
    pub id: Uuid,
    /// The value stored in the database.
    pub kind: String,
    pub recipient_masked: String,
    pub state: MailState,
    /// Attempts since it was written or last queued again.
    pub attempts: i32,
    pub created_at: Timestamp,
    pub next_attempt_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    pub last_error: Option<String>,
    /// Whether its payload still exists.
    #[sea_orm(from_expr = "Column::Payload.is_not_null()")]
    pub kept: bool,
}

/// Returns up to `most` messages at `cursor`, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    queue: &Queue,
    cursor: Cursor<Uuid>,
    most: u64,
) -> Result<Vec<Queued>, StoreError> {
    let query = cursor.select(matching(queue), Column::Id, most);
    Ok(cursor.newest_first(query.into_partial_model().all(db).await?))
}

/// Returns the message with this id.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Queued>, StoreError> {
    Ok(Entity::find_by_id(id).into_partial_model().one(db).await?)
}

/// Returns when the newest message of a kind was written.
pub async fn newest_of_kind(db: &impl ConnectionTrait, kind: &str) -> Result<Option<Timestamp>, StoreError> {
    let queue = Queue { state: None, kind: Some(kind.to_owned()) };
    let newest = list(db, &queue, Cursor::First, 1).await?;
    Ok(newest.first().map(|mail| mail.created_at))
}

/// Queues a failed message again, due immediately, as if it were new. Returns `false` if it is in
/// another state or its payload is erased.
pub async fn retry(db: &impl ConnectionTrait, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let retried = Entity::update_many()
        .col_expr(Column::State, Expr::value(MailState::Waiting))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::NextAttemptAt, Expr::value(now.0))
        .col_expr(Column::RetriedAt, Expr::value(now.0))
        .col_expr(Column::KeepUntil, Expr::value(None::<i64>))
        .col_expr(Column::Fault, Expr::value(None::<MailFault>))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(MailState::Failed))
        .filter(Column::Payload.is_not_null())
        .exec(db)
        .await?;
    Ok(retried.rows_affected == 1)
}

/// Removes a pending message from the queue and erases its payload. Returns `false` if it is not
/// pending (anymore).
pub async fn drop_waiting(db: &impl ConnectionTrait, id: Uuid) -> Result<bool, StoreError> {
    let dropped = Entity::update_many()
        .col_expr(Column::State, Expr::value(MailState::Dropped))
        .col_expr(Column::Payload, Expr::value(None::<Vec<u8>>))
        .filter(waiting().add(Column::Id.eq(id)))
        .exec(db)
        .await?;
    Ok(dropped.rows_affected == 1)
}

fn matching(queue: &Queue) -> Select<Entity> {
    let mut query = Entity::find();
    if let Some(state) = queue.state {
        query = query.filter(Column::State.eq(state));
    }
    if let Some(kind) = &queue.kind {
        query = query.filter(Column::Kind.eq(kind.as_str()));
    }
    query
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Column, Cursor, MailState, Queue, matching};
    use crate::store::query_plan::{Plan, empty_store};

    #[tokio::test]
    async fn each_filter_of_the_outbox_is_one_ordered_index_search() {
        let (store, _folder) = empty_store().await;
        let (state, kind) = (Some(MailState::Failed), Some("test".to_owned()));
        for (queue, index) in [
            (Queue::default(), "sqlite_autoindex_outbox_1"),
            (Queue { state, kind: None }, "outbox_state"),
            (Queue { state: None, kind: kind.clone() }, "outbox_kind"),
            (Queue { state, kind }, "outbox_kind_state"),
        ] {
            for cursor in [Cursor::Before(Uuid::max()), Cursor::After(Uuid::nil())] {
                let plan = Plan::of(&store, &cursor.select(matching(&queue), Column::Id, 51)).await;
                assert!(plan.is_one_search_by(index), "{queue:?}: {plan:?}");
            }
            let newest = Cursor::<Uuid>::First.select(matching(&queue), Column::Id, 51);
            let plan = Plan::of(&store, &newest).await;
            assert!(plan.is_searches_by_or_walks(&[index]), "{queue:?}: {plan:?}");
        }
    }
}
