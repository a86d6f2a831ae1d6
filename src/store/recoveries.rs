//! Pending recoveries, including those for emails without an account.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Set};
use uuid::Uuid;

use super::entity::recovery::{ActiveModel, Column, Entity, Model};
use super::{StoreError, batch};
use crate::crypto::TokenDigest;
use crate::domain::Timestamp;

/// A recovery as the services see it.
#[derive(Clone, Debug)]
pub struct Recovery {
    pub id: Uuid,
    pub email_key: String,
    /// `None` if no account with this email can be recovered. No code is accepted then.
    pub account_id: Option<Uuid>,
    pub tries: u32,
    pub created_at: Timestamp,
    pub finished: bool,
}

/// Inserts a new recovery for the browser with the token `flow`.
pub async fn insert(db: &impl ConnectionTrait, new: &Recovery, flow: TokenDigest) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id),
        flow_digest: Set(flow.into_bytes()),
        email_key: Set(new.email_key.clone()),
        account_id: Set(new.account_id),
        tries: Set(0),
        created_at: Set(new.created_at.0),
        finished_at: Set(None),
    };
    row.insert(db).await?;
    Ok(())
}

/// Returns the recovery for a flow token.
pub async fn by_flow(db: &impl ConnectionTrait, flow: TokenDigest) -> Result<Option<Recovery>, StoreError> {
    let row = Entity::find().filter(Column::FlowDigest.eq(flow.into_bytes())).one(db).await?;
    Ok(row.map(read))
}

/// Whether the recovery was finished.
pub async fn is_finished(db: &impl ConnectionTrait, id: Uuid) -> Result<bool, StoreError> {
    Ok(Entity::find_by_id(id).one(db).await?.is_some_and(|row| row.finished_at.is_some()))
}

/// Counts an attempt before its code is compared. Returns `false` if all `most` attempts are used
/// up.
pub async fn count_try(db: &impl ConnectionTrait, id: Uuid, most: u32) -> Result<bool, StoreError> {
    let counted = Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::Tries.lt(most))
        .filter(Column::FinishedAt.is_null())
        .exec(db)
        .await?;
    Ok(counted.rows_affected == 1)
}

/// Reverts [`count_try`] for an attempt whose code was right but is not consumed yet.
pub async fn uncount_try(db: &impl ConnectionTrait, id: Uuid) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).sub(1))
        .filter(Column::Id.eq(id))
        .filter(Column::Tries.gt(0))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends all pending recoveries of an account.
pub async fn finish_all(db: &impl ConnectionTrait, account_id: Uuid, at: Timestamp) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::FinishedAt, Expr::value(at.0))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::FinishedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes a recovery that is replaced by another.
pub async fn delete(db: &impl ConnectionTrait, id: Uuid) -> Result<(), StoreError> {
    Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Deletes up to `most` recoveries begun before `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::CreatedAt.lt(before.0), most).await
}

fn read(row: Model) -> Recovery {
    Recovery {
        id: row.id,
        email_key: row.email_key,
        account_id: row.account_id,
        tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
        created_at: Timestamp(row.created_at),
        finished: row.finished_at.is_some(),
    }
}
