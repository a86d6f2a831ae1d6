//! TOTP secrets, encrypted. An account has at most one confirmed secret, and at most one that is
//! waiting for its first code to be added or to replace the other.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Set};
use uuid::Uuid;

use super::StoreError;
use super::entity::totp::{ActiveModel, Column, Entity};
use super::entity::totp_waiting;
use crate::domain::Timestamp;

/// An account's TOTP secret.
#[derive(Clone, Debug)]
pub struct StoredSeed {
    pub sealed: Vec<u8>,
    /// When the secret was confirmed, or created if it is waiting.
    pub since: Timestamp,
}

/// Returns the confirmed secret.
pub async fn find(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Option<StoredSeed>, StoreError> {
    let row = Entity::find_by_id(account_id).one(db).await?;
    Ok(row.map(|row| StoredSeed { sealed: row.secret, since: row.confirmed_at.unwrap_or(row.created_at) }))
}

/// Returns the secret that is waiting for its first code.
pub async fn waiting(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Option<StoredSeed>, StoreError> {
    let row = totp_waiting::Entity::find_by_id(account_id).one(db).await?;
    Ok(row.map(|row| StoredSeed { sealed: row.secret, since: row.created_at }))
}

/// Inserts a secret that is waiting for its first code, and replaces an earlier one.
pub async fn begin(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    sealed: Vec<u8>,
    now: Timestamp,
) -> Result<(), StoreError> {
    cancel(db, account_id).await?;
    let row = totp_waiting::ActiveModel { account_id: Set(account_id), secret: Set(sealed), created_at: Set(now) };
    row.insert(db).await?;
    Ok(())
}

/// Confirms the waiting secret, which replaces an earlier confirmed one. The code that confirmed it
/// cannot be used again. Returns `false` if no secret is waiting.
pub async fn confirm(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    step: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(seed) = waiting(db, account_id).await? else { return Ok(false) };
    remove(db, account_id).await?;
    let row = ActiveModel {
        account_id: Set(account_id),
        secret: Set(seed.sealed),
        created_at: Set(seed.since),
        confirmed_at: Set(Some(now)),
        last_step: Set(Some(step)),
    };
    row.insert(db).await?;
    Ok(true)
}

/// Accepts a code by its time step. Returns `false` if a code of this or a later step was accepted
/// before (RFC 6238, section 5.2).
pub async fn accept(db: &impl ConnectionTrait, account_id: Uuid, step: i64) -> Result<bool, StoreError> {
    let accepted = Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::LastStep.is_null().or(Column::LastStep.lt(step)))
        .exec(db)
        .await?;
    Ok(accepted.rows_affected == 1)
}

/// Deletes the waiting secret. Returns `false` if there was none.
pub async fn cancel(db: &impl ConnectionTrait, account_id: Uuid) -> Result<bool, StoreError> {
    Ok(totp_waiting::Entity::delete_by_id(account_id).exec(db).await?.rows_affected == 1)
}

/// Deletes the account's secrets. Returns `false` if none was confirmed.
pub async fn remove(db: &impl ConnectionTrait, account_id: Uuid) -> Result<bool, StoreError> {
    cancel(db, account_id).await?;
    Ok(Entity::delete_by_id(account_id).exec(db).await?.rows_affected == 1)
}
