//! Passkeys: the public keys with which assertions are verified.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, Set,
    TryInsertResult,
};
use uuid::Uuid;

use super::StoreError;
use super::entity::passkey::{ActiveModel, Column, Entity, Model};
use super::lineage::Lineage;
use crate::crypto::passkey::Passkey;
use crate::domain::{PasskeyName, Timestamp};

/// A passkey of an account.
#[derive(Clone, Debug)]
pub struct StoredPasskey {
    pub id: Uuid,
    pub account_id: Uuid,
    pub name: PasskeyName,
    pub key: Passkey,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub added_by: Lineage,
}

/// Inserts a new passkey. Returns `false` if its credential is already registered, for any account.
pub async fn insert(db: &impl ConnectionTrait, new: &StoredPasskey) -> Result<bool, StoreError> {
    let row = ActiveModel {
        id: Set(new.id),
        account_id: Set(new.account_id),
        credential_id: Set(new.key.cred_id().clone()),
        data: Set(write(&new.key)?),
        name: Set(new.name.clone()),
        created_at: Set(new.created_at),
        last_used_at: Set(new.last_used_at),
        added_by: Set(new.added_by.clone()),
    };
    let inserted =
        Entity::insert(row).on_conflict_do_nothing_on([Column::CredentialId]).exec_without_returning(db).await?;
    // A conflict is reported as zero inserted rows.
    Ok(matches!(inserted, TryInsertResult::Inserted(1..)))
}

/// Returns the passkeys of an account, oldest first.
pub async fn of_account(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Vec<StoredPasskey>, StoreError> {
    let rows = Entity::find().filter(Column::AccountId.eq(account_id)).order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(read).collect()
}

/// Counts the passkeys of an account.
pub async fn count(db: &impl ConnectionTrait, account_id: Uuid) -> Result<u64, StoreError> {
    Ok(Entity::find().filter(Column::AccountId.eq(account_id)).count(db).await?)
}

/// Returns the passkey with this credential id.
pub async fn by_credential(
    db: &impl ConnectionTrait,
    credential_id: &[u8],
) -> Result<Option<StoredPasskey>, StoreError> {
    Entity::find().filter(Column::CredentialId.eq(credential_id.to_vec())).one(db).await?.map(read).transpose()
}

/// Records that a passkey was used, and stores its updated data, such as the signature counter.
pub async fn record_use(db: &impl ConnectionTrait, passkey: &StoredPasskey, at: Timestamp) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Data, Expr::value(write(&passkey.key)?))
        .col_expr(Column::LastUsedAt, Expr::value(at.0))
        .filter(Column::Id.eq(passkey.id))
        .exec(db)
        .await?;
    Ok(())
}

/// Renames a passkey of this account. Returns `false` if the account has no such passkey.
pub async fn rename(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    id: Uuid,
    name: &PasskeyName,
) -> Result<bool, StoreError> {
    let renamed = Entity::update_many()
        .col_expr(Column::Name, Expr::value(name.as_str()))
        .filter(Column::Id.eq(id).and(Column::AccountId.eq(account_id)))
        .exec(db)
        .await?;
    Ok(renamed.rows_affected == 1)
}

/// Deletes a passkey of this account and returns its name, or `None` if the account has no such
/// passkey.
pub async fn remove(db: &impl ConnectionTrait, account_id: Uuid, id: Uuid) -> Result<Option<PasskeyName>, StoreError> {
    let mine = Column::Id.eq(id).and(Column::AccountId.eq(account_id));
    let Some(row) = Entity::find().filter(mine.clone()).one(db).await? else { return Ok(None) };
    Entity::delete_many().filter(mine).exec(db).await?;
    Ok(Some(row.name))
}

/// Deletes all passkeys of an account and returns the number deleted.
pub async fn remove_all(db: &impl ConnectionTrait, account_id: Uuid) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::AccountId.eq(account_id)).exec(db).await?.rows_affected)
}

fn write(key: &Passkey) -> Result<String, StoreError> {
    serde_json::to_string(key).map_err(|_| StoreError::Corrupt("passkey.data"))
}

fn read(row: Model) -> Result<StoredPasskey, StoreError> {
    Ok(StoredPasskey {
        id: row.id,
        account_id: row.account_id,
        name: row.name,
        key: serde_json::from_str(&row.data).map_err(|_| StoreError::Corrupt("passkey.data"))?,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        added_by: row.added_by,
    })
}
