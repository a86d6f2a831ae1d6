//! The used part of rate limits that must survive a restart.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Set};

use super::entity::quota::{ActiveModel, Column, Entity};
use super::{StoreError, batch};
use crate::crypto::LookupKey;
use crate::domain::Timestamp;

/// Returns when the full quota of `key` is available again.
pub async fn full_at(db: &impl ConnectionTrait, key: &LookupKey) -> Result<Option<Timestamp>, StoreError> {
    let rows = Entity::find().filter(Column::Key.is_in(key.anywhere())).all(db).await?;
    let row = rows.into_iter().max_by_key(|row| row.key == key.current());
    Ok(row.map(|row| row.full_at))
}

/// Inserts or updates the quota of `key`.
pub async fn put(db: &impl ConnectionTrait, key: &LookupKey, full_at: Timestamp) -> Result<(), StoreError> {
    let row = ActiveModel { key: Set(key.current().to_vec()), full_at: Set(full_at) };
    let replace = OnConflict::column(Column::Key).update_column(Column::FullAt).to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// Deletes up to `most` quotas that are fully available at `now` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, now: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::FullAt.lt(now.0), most).await
}
