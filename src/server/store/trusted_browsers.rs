//! Browsers that are not asked for the second step of an account.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};
use uuid::Uuid;

use super::StoreError;
use super::entity::trusted_browser::{ActiveModel, Column, Entity, Model};
use crate::domain::Timestamp;
use crate::server::crypto::TokenDigest;

/// A browser that an account trusts.
#[derive(Clone, Debug)]
pub struct TrustedBrowser {
    pub id: Uuid,
    pub account_id: Uuid,
    /// Of the random value in its cookie.
    pub digest: Vec<u8>,
    pub user_agent: String,
    /// The address from which it was trusted.
    pub ip: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Timestamp,
}

/// # Errors
/// Only faults.
pub async fn insert(db: &impl ConnectionTrait, new: TrustedBrowser) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id),
        account_id: Set(new.account_id),
        digest: Set(new.digest),
        user_agent: Set(new.user_agent),
        ip: Set(new.ip),
        created_at: Set(new.created_at.0),
        last_used_at: Set(new.last_used_at.map(|at| at.0)),
        expires_at: Set(new.expires_at.0),
    };
    row.insert(db).await?;
    Ok(())
}

/// Notes that an account was signed in to by this browser; `false` when the
/// account does not trust it, or not any more.
///
/// # Errors
/// Only faults.
pub async fn note_use(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    digest: TokenDigest,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let noted = Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now.0))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Digest.eq(digest.into_bytes()))
        .filter(Column::ExpiresAt.gt(now.0))
        .exec(db)
        .await?;
    Ok(noted.rows_affected == 1)
}

/// The browsers that an account trusts now, the newest first.
///
/// # Errors
/// Only faults.
pub async fn of_account(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    now: Timestamp,
) -> Result<Vec<TrustedBrowser>, StoreError> {
    let live = Column::AccountId.eq(account_id).and(Column::ExpiresAt.gt(now.0));
    let rows = Entity::find().filter(live).order_by_desc(Column::Id).all(db).await?;
    Ok(rows.into_iter().map(read).collect())
}

/// Forgets one browser of an account; `false` when the account does not trust it.
///
/// # Errors
/// Only faults.
pub async fn forget(db: &impl ConnectionTrait, account_id: Uuid, id: Uuid) -> Result<bool, StoreError> {
    let one = Column::Id.eq(id).and(Column::AccountId.eq(account_id));
    Ok(Entity::delete_many().filter(one).exec(db).await?.rows_affected == 1)
}

/// Forgets what a browser was trusted by before it gets another random value.
///
/// # Errors
/// Only faults.
pub async fn forget_token(db: &impl ConnectionTrait, account_id: Uuid, digest: TokenDigest) -> Result<(), StoreError> {
    let one = Column::Digest.eq(digest.into_bytes()).and(Column::AccountId.eq(account_id));
    Entity::delete_many().filter(one).exec(db).await?;
    Ok(())
}

/// Forgets every browser of an account; tells how many.
///
/// # Errors
/// Only faults.
pub async fn forget_all(db: &impl ConnectionTrait, account_id: Uuid) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::AccountId.eq(account_id)).exec(db).await?.rows_affected)
}

/// Deletes up to `most` browsers whose trust ended before `before`; tells how many.
///
/// # Errors
/// Only faults.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    let ids: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ExpiresAt.lte(before.0))
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(Entity::delete_many().filter(Column::Id.is_in(ids)).exec(db).await?.rows_affected)
}

fn read(row: Model) -> TrustedBrowser {
    TrustedBrowser {
        id: row.id,
        account_id: row.account_id,
        digest: row.digest,
        user_agent: row.user_agent,
        ip: row.ip,
        created_at: Timestamp(row.created_at),
        last_used_at: row.last_used_at.map(Timestamp),
        expires_at: Timestamp(row.expires_at),
    }
}
