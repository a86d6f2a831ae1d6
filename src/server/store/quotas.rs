//! What is used of the limits that a restart must not reset.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};

use super::StoreError;
use super::entity::quota::{ActiveModel, Column, Entity};
use crate::domain::Timestamp;
use crate::server::crypto::LookupKey;

/// When nothing of the quota behind `key` will be used any more.
///
/// # Errors
/// Only faults.
pub async fn full_at(db: &impl ConnectionTrait, key: &LookupKey) -> Result<Option<Timestamp>, StoreError> {
    let rows = Entity::find().filter(Column::Key.is_in(key.anywhere())).all(db).await?;
    let row = rows.into_iter().max_by_key(|row| row.key == key.current());
    Ok(row.map(|row| Timestamp(row.full_at)))
}

/// Writes down what is used of the quota behind `key`, new or not.
///
/// # Errors
/// Only faults.
pub async fn put(db: &impl ConnectionTrait, key: &LookupKey, full_at: Timestamp) -> Result<(), StoreError> {
    let row = ActiveModel { key: Set(key.current().to_vec()), full_at: Set(full_at.0) };
    let replace = OnConflict::column(Column::Key).update_column(Column::FullAt).to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// Deletes up to `most` quotas of which nothing is used at `now`; tells how many.
///
/// # Errors
/// Only faults.
pub async fn purge(db: &impl ConnectionTrait, now: Timestamp, most: u64) -> Result<u64, StoreError> {
    let keys: Vec<Vec<u8>> = Entity::find()
        .select_only()
        .column(Column::Key)
        .filter(Column::FullAt.lt(now.0))
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(Entity::delete_many().filter(Column::Key.is_in(keys)).exec(db).await?.rows_affected)
}
