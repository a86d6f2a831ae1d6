//! Browsers that skip the second step for an account.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DeriveIntoActiveModel, DerivePartialModel,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use super::entity::trusted_browser::{ActiveModel, Column, Entity};
use super::lineage::Lineage;
use super::{StoreError, batch};
use crate::crypto::TokenDigest;
use crate::domain::Timestamp;

/// A browser that is trusted for an account.
#[derive(Clone, Debug, DerivePartialModel, DeriveIntoActiveModel)]
#[sea_orm(entity = "Entity", exhaustive)]
pub struct TrustedBrowser {
    pub id: Uuid,
    pub account_id: Uuid,
    /// The digest of the random token in its cookie.
    pub digest: Vec<u8>,
    pub user_agent: String,
    /// The IP address from which it was trusted.
    pub ip: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Timestamp,
    pub added_by: Lineage,
}

/// Inserts a trusted browser.
pub async fn insert(db: &impl ConnectionTrait, new: TrustedBrowser) -> Result<(), StoreError> {
    new.into_active_model().insert(db).await?;
    Ok(())
}

/// Records a sign-in with a trusted browser and returns where its trust comes from. Returns `None` if the browser is
/// not trusted for the account (anymore).
pub async fn record_use(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    digest: TokenDigest,
    now: Timestamp,
) -> Result<Option<Lineage>, StoreError> {
    let trusted = Entity::find()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Digest.eq(digest.into_bytes()))
        .filter(Column::ExpiresAt.gt(now.0));
    let Some(browser) = trusted.into_partial_model::<TrustedBrowser>().one(db).await? else { return Ok(None) };
    let update = Entity::update_many().col_expr(Column::LastUsedAt, Expr::value(now.0));
    update.filter(Column::Id.eq(browser.id)).exec(db).await?;
    Ok(Some(browser.added_by))
}

/// Returns the trusted browsers of an account, newest first.
pub async fn of_account(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    now: Timestamp,
) -> Result<Vec<TrustedBrowser>, StoreError> {
    let live = Column::AccountId.eq(account_id).and(Column::ExpiresAt.gt(now.0));
    Ok(Entity::find().filter(live).order_by_desc(Column::Id).into_partial_model().all(db).await?)
}

/// Deletes one trusted browser of an account. Returns `false` if there is no such browser.
pub async fn forget(db: &impl ConnectionTrait, account_id: Uuid, id: Uuid) -> Result<bool, StoreError> {
    let one = Column::Id.eq(id).and(Column::AccountId.eq(account_id));
    Ok(Entity::delete_many().filter(one).exec(db).await?.rows_affected == 1)
}

/// Deletes the token of a trusted browser that gets a new one.
pub async fn forget_token(db: &impl ConnectionTrait, account_id: Uuid, digest: TokenDigest) -> Result<(), StoreError> {
    let one = Column::Digest.eq(digest.into_bytes()).and(Column::AccountId.eq(account_id));
    Entity::delete_many().filter(one).exec(db).await?;
    Ok(())
}

/// Deletes all trusted browsers of an account and returns the number deleted.
pub async fn forget_all(db: &impl ConnectionTrait, account_id: Uuid) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::AccountId.eq(account_id)).exec(db).await?.rows_affected)
}

/// Deletes up to `most` browsers whose trust expired by `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::ExpiresAt.lte(before.0), most).await
}
