//! How a message leaves the outbox: sent, failed or deleted.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::{MailFault, MailState, open, waiting};
use crate::domain::Timestamp;
use crate::store::entity::outbox::{Column, Entity};
use crate::store::{StoreError, batch};

/// Marks a message as sent and erases its payload, whatever its state was.
pub async fn close_sent(db: &impl ConnectionTrait, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(MailState::Sent))
        .col_expr(Column::SentAt, Expr::value(at.0))
        .col_expr(Column::Payload, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::KeepUntil, Expr::value(None::<i64>))
        .col_expr(Column::LastError, Expr::value(None::<String>))
        .col_expr(Column::Fault, Expr::value(None::<MailFault>))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Closes a pending message or decoy with `state` and erases its payload. Replaces the last error if
/// one is given. `fault` is that of a decoy which was refused.
pub async fn close_unsent(
    db: &impl ConnectionTrait,
    id: Uuid,
    state: MailState,
    error: Option<&str>,
    fault: Option<MailFault>,
) -> Result<(), StoreError> {
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::Payload, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::Fault, Expr::value(fault))
        .filter(open().add(Column::Id.eq(id)));
    if let Some(error) = error {
        update = update.col_expr(Column::LastError, Expr::value(error));
    }
    update.exec(db).await?;
    Ok(())
}

/// Marks a pending message as failed. It can be retried until `keep_until`; then its payload is
/// erased.
pub async fn mark_failed(
    db: &impl ConnectionTrait,
    id: Uuid,
    fault: MailFault,
    error: &str,
    keep_until: Timestamp,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(MailState::Failed))
        .col_expr(Column::LastError, Expr::value(error))
        .col_expr(Column::Fault, Expr::value(fault))
        .col_expr(Column::KeepUntil, Expr::value(keep_until.0))
        .filter(waiting().add(Column::Id.eq(id)))
        .exec(db)
        .await?;
    Ok(())
}

/// Erases up to `most` payloads that were kept until `now`, and returns the number erased.
pub async fn erase_kept(db: &impl ConnectionTrait, now: Timestamp, most: u64) -> Result<u64, StoreError> {
    let erased = Entity::update_many()
        .col_expr(Column::Payload, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::KeepUntil, Expr::value(None::<i64>))
        .filter(batch::among_first::<Entity>(Column::KeepUntil.lte(now), most))
        .exec(db)
        .await?;
    Ok(erased.rows_affected)
}

/// Deletes up to `most` closed messages written before `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::State.ne(MailState::Waiting).and(Column::CreatedAt.lt(before.0)), most).await
}
