//! Browsers in which an account was used, identified by the hash of their cookie.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set, TryInsertResult,
};
use uuid::Uuid;

use super::entity::known_device::{ActiveModel, Column, Entity};
use super::{StoreError, batch};
use crate::crypto::TokenDigest;
use crate::domain::Timestamp;

/// A browser in which an account is used for the first time.
#[derive(Clone, Debug)]
pub struct NewDevice {
    pub id: Uuid,
    pub account_id: Uuid,
    pub digest: TokenDigest,
    pub at: Timestamp,
}

/// Records that an account is used in a known browser. Returns `false` if the browser is unknown.
pub async fn touch(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    digest: TokenDigest,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = Entity::update_many()
        .col_expr(Column::LastSeenAt, Expr::value(at.0))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Digest.eq(digest.into_bytes()))
        .exec(db)
        .await?;
    Ok(touched.rows_affected == 1)
}

/// Returns the id of a known browser of an account.
pub async fn find(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    digest: TokenDigest,
) -> Result<Option<Uuid>, StoreError> {
    let known = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Digest.eq(digest.into_bytes()));
    Ok(known.into_tuple().one(db).await?)
}

/// Returns whether any browser of an account is known.
pub async fn any(db: &impl ConnectionTrait, account_id: Uuid) -> Result<bool, StoreError> {
    Ok(Entity::find().filter(Column::AccountId.eq(account_id)).one(db).await?.is_some())
}

/// Returns in how many browsers an account was used for the first time after `since`.
pub async fn new_since(db: &impl ConnectionTrait, account_id: Uuid, since: Timestamp) -> Result<u64, StoreError> {
    let new = Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::FirstSeenAt.gt(since.0));
    Ok(new.count(db).await?)
}

/// Inserts a new browser. Returns `false` if a concurrent sign-in in the same browser has already
/// done so.
pub async fn insert(db: &impl ConnectionTrait, new: NewDevice) -> Result<bool, StoreError> {
    let row = ActiveModel {
        id: Set(new.id),
        account_id: Set(new.account_id),
        digest: Set(new.digest.into_bytes()),
        first_seen_at: Set(new.at),
        last_seen_at: Set(new.at),
    };
    let once = [Column::AccountId, Column::Digest];
    let inserted = Entity::insert(row).on_conflict_do_nothing_on(once).exec_without_returning(db).await?;
    // A conflict is reported as zero inserted rows.
    Ok(matches!(inserted, TryInsertResult::Inserted(1..)))
}

/// Keeps the `most` browsers of an account that were seen last.
pub async fn keep_newest(db: &impl ConnectionTrait, account_id: Uuid, most: u64) -> Result<(), StoreError> {
    let spare: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::AccountId.eq(account_id))
        .order_by_desc(Column::LastSeenAt)
        .order_by_desc(Column::Id)
        .offset(most)
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    if !spare.is_empty() {
        Entity::delete_many().filter(Column::Id.is_in(spare)).exec(db).await?;
    }
    Ok(())
}

/// Deletes all browsers of an account, so that the next sign-in in any of them sends a notice.
/// After an account takeover the attacker's browser is among them.
pub async fn forget_all(db: &impl ConnectionTrait, account_id: Uuid) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::AccountId.eq(account_id)).exec(db).await?;
    Ok(())
}

/// Deletes up to `most` browsers last seen before `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::LastSeenAt.lt(before.0), most).await
}
