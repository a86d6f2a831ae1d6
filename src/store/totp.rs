//! TOTP secrets, encrypted. An account has at most one confirmed secret, at most one that is waiting
//! for its first code to be added or to replace the other, and those that were replaced a short time
//! ago.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DerivePartialModel, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, Set,
};
use uuid::Uuid;

use super::entity::totp::{ActiveModel, Column, Entity};
use super::entity::{totp_replaced, totp_waiting};
use super::lineage::Lineage;
use super::{StoreError, batch};
use crate::domain::Timestamp;

/// An account's TOTP secret.
#[derive(Clone, Debug)]
pub struct StoredSeed {
    pub sealed: Vec<u8>,
    /// When the secret was confirmed, or created if it is waiting.
    pub since: Timestamp,
    pub added_by: Lineage,
}

/// Returns the confirmed secret.
pub async fn find(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Option<StoredSeed>, StoreError> {
    let row = Entity::find_by_id(account_id).one(db).await?;
    Ok(row.map(|row| StoredSeed {
        sealed: row.secret,
        since: row.confirmed_at.unwrap_or(row.created_at),
        added_by: row.added_by,
    }))
}

/// Returns the secret that is waiting for its first code.
pub async fn waiting(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Option<StoredSeed>, StoreError> {
    let row = totp_waiting::Entity::find_by_id(account_id).one(db).await?;
    Ok(row.map(|row| StoredSeed { sealed: row.secret, since: row.created_at, added_by: row.added_by }))
}

/// Inserts a secret that is waiting for its first code, and replaces an earlier one.
pub async fn begin(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    StoredSeed { sealed, since, added_by }: StoredSeed,
) -> Result<(), StoreError> {
    cancel(db, account_id).await?;
    let row = totp_waiting::ActiveModel {
        account_id: Set(account_id),
        secret: Set(sealed),
        created_at: Set(since),
        added_by: Set(added_by),
    };
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
    cancel(db, account_id).await?;
    Entity::delete_by_id(account_id).exec(db).await?;
    let row = ActiveModel {
        account_id: Set(account_id),
        secret: Set(seed.sealed),
        created_at: Set(seed.since),
        confirmed_at: Set(Some(now)),
        last_step: Set(Some(step)),
        added_by: Set(seed.added_by),
    };
    row.insert(db).await?;
    Ok(true)
}

/// A secret that was replaced.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "totp_replaced::Entity")]
pub struct ReplacedSeed {
    pub id: Uuid,
    /// When it was confirmed.
    #[sea_orm(from_col = "confirmed_at")]
    pub since: Option<Timestamp>,
    pub added_by: Lineage,
}

/// Returns the secrets that were replaced at or after `since`, the latest first.
pub async fn replaced_since(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    since: Timestamp,
) -> Result<Vec<ReplacedSeed>, StoreError> {
    let replaced = totp_replaced::Entity::find()
        .filter(totp_replaced::Column::AccountId.eq(account_id))
        .filter(totp_replaced::Column::ReplacedAt.gte(since.0))
        .order_by_desc(totp_replaced::Column::Id);
    Ok(replaced.into_partial_model().all(db).await?)
}

/// Keeps the confirmed secret, which is about to be replaced. Ids begin with the time, so they sort by it.
pub async fn keep(db: &impl ConnectionTrait, id: Uuid, account_id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    let Some(row) = Entity::find_by_id(account_id).one(db).await? else { return Ok(()) };
    let kept = totp_replaced::ActiveModel {
        id: Set(id),
        account_id: Set(row.account_id),
        secret: Set(row.secret),
        created_at: Set(row.created_at),
        confirmed_at: Set(row.confirmed_at),
        last_step: Set(row.last_step),
        added_by: Set(row.added_by),
        replaced_at: Set(now),
    };
    kept.insert(db).await?;
    Ok(())
}

/// Deletes a secret that was replaced.
pub async fn forget_replaced(db: &impl ConnectionTrait, id: Uuid) -> Result<(), StoreError> {
    totp_replaced::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Deletes the confirmed and the waiting secret and those that were replaced after the one with this id, which is
/// confirmed again.
pub async fn restore(db: &impl ConnectionTrait, account_id: Uuid, id: Uuid) -> Result<(), StoreError> {
    let Some(row) = totp_replaced::Entity::find_by_id(id).one(db).await? else { return Ok(()) };
    cancel(db, account_id).await?;
    totp_replaced::Entity::delete_many()
        .filter(totp_replaced::Column::AccountId.eq(account_id))
        .filter(totp_replaced::Column::Id.gte(id))
        .exec(db)
        .await?;
    Entity::delete_by_id(account_id).exec(db).await?;
    let restored = ActiveModel {
        account_id: Set(row.account_id),
        secret: Set(row.secret),
        created_at: Set(row.created_at),
        confirmed_at: Set(row.confirmed_at),
        last_step: Set(row.last_step),
        added_by: Set(row.added_by),
    };
    restored.insert(db).await?;
    Ok(())
}

/// Deletes up to `most` secrets that were replaced before a time, and returns the number deleted.
pub async fn purge_replaced(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<totp_replaced::Entity>(db, totp_replaced::Column::ReplacedAt.lt(before.0), most).await
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
    totp_replaced::Entity::delete_many().filter(totp_replaced::Column::AccountId.eq(account_id)).exec(db).await?;
    Ok(Entity::delete_by_id(account_id).exec(db).await?.rows_affected == 1)
}
