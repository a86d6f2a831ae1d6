//! Seeds of authenticator apps, sealed: one for an account at most.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Set};
use uuid::Uuid;

use super::StoreError;
use super::entity::totp::{ActiveModel, Column, Entity};
use crate::domain::Timestamp;

/// An account's authenticator app.
#[derive(Clone, Debug)]
pub struct StoredSeed {
    pub sealed: Vec<u8>,
    pub created_at: Timestamp,
    /// Before that it is no second factor.
    pub confirmed_at: Option<Timestamp>,
}

/// # Errors
/// Only faults.
pub async fn find(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Option<StoredSeed>, StoreError> {
    let row = Entity::find_by_id(account_id).one(db).await?;
    Ok(row.map(|row| StoredSeed {
        sealed: row.secret,
        created_at: Timestamp(row.created_at),
        confirmed_at: row.confirmed_at.map(Timestamp),
    }))
}

/// Writes a seed that waits for its first code, in the place of one that waited
/// before. Ask first, in the same transaction, that none is confirmed.
///
/// # Errors
/// Faults, and an account whose seed is confirmed.
pub async fn begin(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    sealed: Vec<u8>,
    now: Timestamp,
) -> Result<(), StoreError> {
    cancel(db, account_id).await?;
    let row = ActiveModel {
        account_id: Set(account_id),
        secret: Set(sealed),
        created_at: Set(now.0),
        confirmed_at: Set(None),
        last_step: Set(None),
    };
    row.insert(db).await?;
    Ok(())
}

/// Confirms the seed that waits, by the code of a time step, which then counts no
/// more. `false` when none waits.
///
/// # Errors
/// Only faults.
pub async fn confirm(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    step: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let confirmed = Entity::update_many()
        .col_expr(Column::ConfirmedAt, Expr::value(now.0))
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::ConfirmedAt.is_null())
        .exec(db)
        .await?;
    Ok(confirmed.rows_affected == 1)
}

/// Accepts the code of a time step; `false` when that step, or a later one, was
/// accepted before (RFC 6238, section 5.2).
///
/// # Errors
/// Only faults.
pub async fn accept(db: &impl ConnectionTrait, account_id: Uuid, step: i64) -> Result<bool, StoreError> {
    let accepted = Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::ConfirmedAt.is_not_null())
        .filter(Column::LastStep.is_null().or(Column::LastStep.lt(step)))
        .exec(db)
        .await?;
    Ok(accepted.rows_affected == 1)
}

/// Forgets the seed that waits, if one does.
///
/// # Errors
/// Only faults.
pub async fn cancel(db: &impl ConnectionTrait, account_id: Uuid) -> Result<bool, StoreError> {
    let waiting = Column::AccountId.eq(account_id).and(Column::ConfirmedAt.is_null());
    Ok(Entity::delete_many().filter(waiting).exec(db).await?.rows_affected == 1)
}

/// Forgets the account's seed, confirmed or not; `false` when there is none.
///
/// # Errors
/// Only faults.
pub async fn remove(db: &impl ConnectionTrait, account_id: Uuid) -> Result<bool, StoreError> {
    Ok(Entity::delete_by_id(account_id).exec(db).await?.rows_affected == 1)
}
