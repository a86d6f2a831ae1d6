//! Passkeys: public keys, by which an authenticator is known again.

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::StoreError;
use super::entity::passkey::{Column, Entity};

/// How many passkeys an account has.
///
/// # Errors
/// Only faults.
pub async fn count(db: &impl ConnectionTrait, account_id: Uuid) -> Result<u64, StoreError> {
    Ok(Entity::find().filter(Column::AccountId.eq(account_id)).count(db).await?)
}
