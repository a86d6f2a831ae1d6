//! Failed sign-ins of an account, per IP prefix and in total.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Set};

use super::entity::failure_counter::{ActiveModel, Column, Entity};
use super::{StoreError, batch};
use crate::crypto::LookupKey;
use crate::domain::Timestamp;

/// The failures counted under one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    pub failures: u32,
    pub last_at: Timestamp,
    /// Attempts before this time are rejected without checking the password.
    pub blocked_until: Timestamp,
}

/// Returns the counter for `key`.
pub async fn get(db: &impl ConnectionTrait, key: &LookupKey) -> Result<Option<Counter>, StoreError> {
    let rows = Entity::find().filter(Column::Key.is_in(key.anywhere())).all(db).await?;
    let row = rows.into_iter().max_by_key(|row| row.key == key.current());
    Ok(row.map(|row| Counter {
        failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
        last_at: row.last_at,
        blocked_until: row.blocked_until,
    }))
}

/// Inserts or updates the counter for `key`.
pub async fn put(db: &impl ConnectionTrait, key: &LookupKey, counter: Counter) -> Result<(), StoreError> {
    let row = ActiveModel {
        key: Set(key.current().to_vec()),
        failures: Set(i32::try_from(counter.failures).unwrap_or(i32::MAX)),
        last_at: Set(counter.last_at),
        blocked_until: Set(counter.blocked_until),
    };
    let replace = OnConflict::column(Column::Key)
        .update_columns([Column::Failures, Column::LastAt, Column::BlockedUntil])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// Subtracts one failure that was [recorded](put) before.
pub async fn decrement(db: &impl ConnectionTrait, key: &LookupKey) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Failures, Expr::col(Column::Failures).sub(1))
        .filter(Column::Key.eq(key.current()))
        .filter(Column::Failures.gt(0))
        .exec(db)
        .await?;
    Ok(())
}

/// Resets the failures for `key`.
pub async fn clear(db: &impl ConnectionTrait, key: &LookupKey) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::Key.is_in(key.anywhere())).exec(db).await?;
    Ok(())
}

/// Deletes up to `most` counters whose last failure was before `before` and returns the number
/// deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::LastAt.lt(before.0), most).await
}
