//! Recovery codes by their hash: each counts once.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Set};
use uuid::Uuid;

use super::StoreError;
use super::entity::recovery_code::{ActiveModel, Column, Entity};
use crate::domain::Timestamp;
use crate::server::crypto::TokenDigest;

/// A code to be written down.
#[derive(Clone, Debug)]
pub struct NewCode {
    pub id: Uuid,
    pub digest: TokenDigest,
}

/// Puts these codes in the place of all that the account had.
///
/// # Errors
/// Only faults.
pub async fn replace(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    codes: Vec<NewCode>,
    now: Timestamp,
) -> Result<(), StoreError> {
    remove_all(db, account_id).await?;
    let rows = codes.into_iter().map(|code| ActiveModel {
        id: Set(code.id),
        account_id: Set(account_id),
        digest: Set(code.digest.into_bytes()),
        created_at: Set(now.0),
        used_at: Set(None),
    });
    Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Uses a code up; `false` when the account has no such code left.
///
/// # Errors
/// Only faults.
pub async fn spend(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    digest: TokenDigest,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let spent = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.0))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Digest.eq(digest.into_bytes()))
        .filter(Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// How many codes the account has left.
///
/// # Errors
/// Only faults.
pub async fn left(db: &impl ConnectionTrait, account_id: Uuid) -> Result<u64, StoreError> {
    Ok(Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::UsedAt.is_null()).count(db).await?)
}

/// Forgets the codes of an account, used ones included.
///
/// # Errors
/// Only faults.
pub async fn remove_all(db: &impl ConnectionTrait, account_id: Uuid) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::AccountId.eq(account_id)).exec(db).await?;
    Ok(())
}
