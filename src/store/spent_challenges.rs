//! Spent proof-of-work challenges, so that each can be used only once.

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, Set, TryInsertResult};

use super::entity::spent_challenge::{ActiveModel, Column, Entity};
use super::{StoreError, batch};
use crate::domain::Timestamp;

/// Marks a challenge as spent until it expires. Returns `false` if it already was.
pub async fn spend(db: &impl ConnectionTrait, id: &[u8], expires_at: Timestamp) -> Result<bool, StoreError> {
    let row = ActiveModel { id: Set(id.to_vec()), expires_at: Set(expires_at) };
    let inserted = Entity::insert(row).on_conflict_do_nothing_on([Column::Id]).exec_without_returning(db).await?;
    // A conflict is reported as zero inserted rows.
    Ok(matches!(inserted, TryInsertResult::Inserted(1..)))
}

/// Deletes up to `most` challenges that have expired at `now` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, now: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::ExpiresAt.lt(now.0), most).await
}
