//! Changes of an account's email: pending, confirmed or undone.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Set,
};
use uuid::Uuid;

use super::entity::email_change::{ActiveModel, Column, Entity, Model};
use super::{StoreError, batch, otps};
use crate::domain::{Email, Timestamp};

/// An email change as the services see it.
#[derive(Clone, Debug)]
pub struct EmailChange {
    pub id: Uuid,
    pub account_id: Uuid,
    /// The new email.
    pub email: Email,
    /// Whether the new email belongs to another account. If so, no code is accepted.
    pub address_taken: bool,
    pub old_email: Email,
    pub tries: u32,
    pub created_at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
    pub undone: bool,
}

/// Inserts a change that is waiting for its code.
pub async fn insert(db: &impl ConnectionTrait, new: &EmailChange) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id),
        account_id: Set(new.account_id),
        email: Set(new.email.as_str().to_owned()),
        email_key: Set(new.email.key().to_owned()),
        address_taken: Set(new.address_taken),
        old_email: Set(new.old_email.as_str().to_owned()),
        old_email_key: Set(new.old_email.key().to_owned()),
        tries: Set(0),
        created_at: Set(new.created_at.0),
        confirmed_at: Set(None),
        undone_at: Set(None),
    };
    row.insert(db).await?;
    Ok(())
}

/// Returns the change with this id.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<EmailChange>, StoreError> {
    Entity::find_by_id(id).one(db).await?.map(read).transpose()
}

/// Returns the pending change of an account. At most one exists.
pub async fn pending(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Option<EmailChange>, StoreError> {
    let query = Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::ConfirmedAt.is_null());
    query.order_by_desc(Column::Id).one(db).await?.map(read).transpose()
}

/// Returns a change confirmed after `since` that can still be undone, and therefore reserves this
/// email for its previous owner.
pub async fn reserving(
    db: &impl ConnectionTrait,
    email: &Email,
    since: Timestamp,
) -> Result<Option<EmailChange>, StoreError> {
    let query = Entity::find()
        .filter(Column::OldEmailKey.eq(email.key()))
        .filter(Column::ConfirmedAt.gt(since.0))
        .filter(Column::UndoneAt.is_null());
    query.one(db).await?.map(read).transpose()
}

/// Counts an attempt before its code is compared. Returns `false` if all `most` attempts are used
/// up.
pub async fn count_try(db: &impl ConnectionTrait, id: Uuid, most: u32) -> Result<bool, StoreError> {
    let counted = Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::Tries.lt(most))
        .filter(Column::ConfirmedAt.is_null())
        .exec(db)
        .await?;
    Ok(counted.rows_affected == 1)
}

/// Records that the new email was verified. Returns `false` if it already was, or if a newer change
/// has replaced this one.
pub async fn confirm(db: &impl ConnectionTrait, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
    let confirmed = Entity::update_many()
        .col_expr(Column::ConfirmedAt, Expr::value(at.0))
        .filter(Column::Id.eq(id))
        .filter(Column::ConfirmedAt.is_null())
        .exec(db)
        .await?;
    Ok(confirmed.rows_affected == 1)
}

/// Marks a change and all later ones of its account as undone.
pub async fn undo_from(db: &impl ConnectionTrait, change: &EmailChange, at: Timestamp) -> Result<(), StoreError> {
    let Some(confirmed_at) = change.confirmed_at else { return Ok(()) };
    Entity::update_many()
        .col_expr(Column::UndoneAt, Expr::value(at.0))
        .filter(Column::AccountId.eq(change.account_id))
        .filter(Column::ConfirmedAt.gte(confirmed_at.0))
        // Also by id, which begins with a timestamp: of two changes in one millisecond the earlier
        // one stays.
        .filter(Column::Id.gte(change.id))
        .filter(Column::UndoneAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes the pending change of an account, if any, and invalidates its codes.
pub async fn drop_pending(db: &impl ConnectionTrait, account_id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    let waiting = Condition::all().add(Column::AccountId.eq(account_id)).add(Column::ConfirmedAt.is_null());
    let ids = Entity::find().select_only().column(Column::Id).filter(waiting.clone());
    for id in ids.into_tuple::<Uuid>().all(db).await? {
        otps::invalidate_previous(db, id, 0, now).await?;
    }
    Entity::delete_many().filter(waiting).exec(db).await?;
    Ok(())
}

/// Deletes up to `most` changes that were never confirmed and began before `begun`, or that were
/// confirmed before `confirmed`, and returns the number deleted.
pub async fn purge(
    db: &impl ConnectionTrait,
    begun: Timestamp,
    confirmed: Timestamp,
    most: u64,
) -> Result<u64, StoreError> {
    let stale = Column::ConfirmedAt.is_null().and(Column::CreatedAt.lt(begun.0));
    batch::delete::<Entity>(db, stale.or(Column::ConfirmedAt.lt(confirmed.0)), most).await
}

fn read(row: Model) -> Result<EmailChange, StoreError> {
    Ok(EmailChange {
        id: row.id,
        account_id: row.account_id,
        email: Email::parse(&row.email).map_err(|_| StoreError::Corrupt("email_change.email"))?,
        address_taken: row.address_taken,
        old_email: Email::parse(&row.old_email).map_err(|_| StoreError::Corrupt("email_change.old_email"))?,
        tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
        created_at: Timestamp(row.created_at),
        confirmed_at: row.confirmed_at.map(Timestamp),
        undone: row.undone_at.is_some(),
    })
}
