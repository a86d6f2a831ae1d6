//! Confirmed changes of an account's email, which can be undone for some time.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DerivePartialModel, EntityTrait, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, Set,
};
use uuid::Uuid;

use super::entity::email_change::{ActiveModel, Column, Entity};
use super::{StoreError, batch};
use crate::domain::{Email, Timestamp};

/// A confirmed change.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity", into_active_model)]
pub struct EmailChange {
    /// The id of the email verification that confirmed it.
    pub id: Uuid,
    pub account_id: Uuid,
    /// The new email.
    pub email: Email,
    pub old_email: Email,
    /// When the change was requested.
    pub created_at: Timestamp,
    pub confirmed_at: Timestamp,
    /// The session that confirmed the change, by its public id. `None` if that was before this was recorded.
    pub changed_by: Option<Uuid>,
}

/// Inserts a change that was just confirmed.
pub async fn insert(db: &impl ConnectionTrait, new: EmailChange) -> Result<(), StoreError> {
    let row = ActiveModel { old_email_key: Set(new.old_email.key().to_owned()), ..new.into_active_model() };
    row.insert(db).await?;
    Ok(())
}

/// Returns the change with this id, unless it was undone.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<EmailChange>, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::UndoneAt.is_null());
    Ok(query.into_partial_model().one(db).await?)
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
        .filter(Column::ConfirmedAt.gt(since))
        .filter(Column::UndoneAt.is_null());
    Ok(query.into_partial_model().one(db).await?)
}

/// Marks a change and all later ones of its account as undone, and returns them.
pub async fn undo_from(
    db: &impl ConnectionTrait,
    change: &EmailChange,
    at: Timestamp,
) -> Result<Vec<EmailChange>, StoreError> {
    let undone = Column::AccountId
        .eq(change.account_id)
        .and(Column::ConfirmedAt.gte(change.confirmed_at))
        // Also by id, which begins with a timestamp, so that undoing the later of two changes in one
        // millisecond does not undo the earlier one.
        .and(Column::Id.gte(change.id))
        .and(Column::UndoneAt.is_null());
    let changes = Entity::find().filter(undone.clone()).into_partial_model().all(db).await?;
    Entity::update_many().col_expr(Column::UndoneAt, Expr::value(at)).filter(undone).exec(db).await?;
    Ok(changes)
}

/// Whether the account changed its email at `since` or later, and did not undo that.
pub async fn any_since(db: &impl ConnectionTrait, account_id: Uuid, since: Timestamp) -> Result<bool, StoreError> {
    let later = Entity::find()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::ConfirmedAt.gte(since))
        .filter(Column::UndoneAt.is_null());
    Ok(later.count(db).await? > 0)
}

/// Deletes up to `most` changes that were confirmed before `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::ConfirmedAt.lt(before), most).await
}
