//! Browsers that are not asked for the second step.

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::StoreError;
use super::entity::trusted_browser::{Column, Entity};

/// Forgets every browser that an account trusts; tells how many.
///
/// # Errors
/// Only faults.
pub async fn forget_all(db: &impl ConnectionTrait, account_id: Uuid) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::AccountId.eq(account_id)).exec(db).await?.rows_affected)
}
