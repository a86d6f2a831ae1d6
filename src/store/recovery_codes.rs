//! Recovery codes, stored as hashes. Each can be used once.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DerivePartialModel, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, Set,
};
use uuid::Uuid;

use super::StoreError;
use super::entity::recovery_code::{ActiveModel, Column, Entity};
use super::lineage::Lineage;
use crate::crypto::TokenDigest;
use crate::domain::Timestamp;

/// A new code.
#[derive(Clone, Debug)]
pub struct NewCode {
    pub id: Uuid,
    pub digest: TokenDigest,
}

/// Replaces all recovery codes of an account.
pub async fn replace(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    codes: Vec<NewCode>,
    added_by: &Lineage,
    now: Timestamp,
) -> Result<(), StoreError> {
    remove_all(db, account_id).await?;
    add(db, account_id, codes, added_by, now).await
}

/// Adds recovery codes to those of an account.
pub async fn add(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    codes: Vec<NewCode>,
    added_by: &Lineage,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = codes.into_iter().map(|code| ActiveModel {
        id: Set(code.id),
        account_id: Set(account_id),
        digest: Set(code.digest.into_bytes()),
        created_at: Set(now),
        used_at: Set(None),
        added_by: Set(added_by.clone()),
    });
    Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Marks a code as used and returns where it comes from, or `None` if the account has no such unused code.
pub async fn spend(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    digest: TokenDigest,
    now: Timestamp,
) -> Result<Option<Lineage>, StoreError> {
    let code = Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::Digest.eq(digest.into_bytes()));
    let Some(code) = code.one(db).await? else { return Ok(None) };
    let spent = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.0))
        .filter(Column::Id.eq(code.id))
        .filter(Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok((spent.rows_affected == 1).then_some(code.added_by))
}

/// When a recovery code was created and used, and where it comes from.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct CodeOrigin {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub added_by: Lineage,
}

/// Returns the codes of an account, used or not, oldest first.
pub async fn of_account(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Vec<CodeOrigin>, StoreError> {
    let codes = Entity::find().filter(Column::AccountId.eq(account_id)).order_by_asc(Column::CreatedAt);
    Ok(codes.into_partial_model().all(db).await?)
}

/// Counts the unused codes of an account.
pub async fn left(db: &impl ConnectionTrait, account_id: Uuid) -> Result<u64, StoreError> {
    Ok(Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::UsedAt.is_null()).count(db).await?)
}

/// Deletes the codes of an account that were used before `time`, so that their number stays bounded although each use
/// adds a code.
pub async fn remove_used(db: &impl ConnectionTrait, account_id: Uuid, time: Timestamp) -> Result<(), StoreError> {
    let used = Entity::delete_many().filter(Column::AccountId.eq(account_id)).filter(Column::UsedAt.lt(time));
    used.exec(db).await?;
    Ok(())
}

/// Deletes some codes of an account.
pub async fn remove(db: &impl ConnectionTrait, account_id: Uuid, codes: Vec<Uuid>) -> Result<(), StoreError> {
    let codes = Entity::delete_many().filter(Column::AccountId.eq(account_id)).filter(Column::Id.is_in(codes));
    codes.exec(db).await?;
    Ok(())
}

/// Deletes all codes of an account, used or not.
pub async fn remove_all(db: &impl ConnectionTrait, account_id: Uuid) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::AccountId.eq(account_id)).exec(db).await?;
    Ok(())
}
