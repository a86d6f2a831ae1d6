//! Recovery codes, stored as hashes. Each can be used once.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DerivePartialModel, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Set,
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

/// The recovery codes of an account, which are always created together.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct CodeSet {
    pub created_at: Timestamp,
    pub added_by: Lineage,
}

/// Returns the recovery codes of an account, if any are left.
pub async fn set_of(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Option<CodeSet>, StoreError> {
    let left = Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::UsedAt.is_null());
    Ok(left.into_partial_model().one(db).await?)
}

/// Counts the unused codes of an account.
pub async fn left(db: &impl ConnectionTrait, account_id: Uuid) -> Result<u64, StoreError> {
    Ok(Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::UsedAt.is_null()).count(db).await?)
}

/// Deletes all codes of an account, used or not.
pub async fn remove_all(db: &impl ConnectionTrait, account_id: Uuid) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::AccountId.eq(account_id)).exec(db).await?;
    Ok(())
}
