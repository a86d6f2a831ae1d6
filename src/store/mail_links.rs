//! Links in emails, each for one action, for one use and for a limited time.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DerivePartialModel, EntityTrait, IntoActiveModel as _,
    QueryFilter as _, Set,
};
use uuid::Uuid;

use super::entity::mail_link::{ActiveModel, Column, Entity};
use super::{StoreError, batch};
use crate::crypto::TokenDigest;
use crate::domain::Timestamp;
use crate::domain::words::words;

words! {
    /// What a link does once the user confirms it.
    pub enum LinkPurpose {
        /// Ends the session of a sign-in from a new device.
        EndSession = "end_session",
        /// Restores the previous email.
        UndoEmailChange = "undo_email_change",
        /// Cancels the deletion of an account.
        KeepAccount = "keep_account",
        /// Removes a factor and what its session added after it.
        UndoFactor = "undo_factor",
    }
}

/// A link, identified by the hash of the random token in it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity", into_active_model)]
pub struct MailLink {
    pub id: Uuid,
    pub purpose: LinkPurpose,
    pub account_id: Uuid,
    /// The session (by its handle) or the email change that it refers to. For a factor: the session that added it.
    pub subject_id: Option<Uuid>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// Inserts a new link.
pub async fn insert(db: &impl ConnectionTrait, link: MailLink, digest: TokenDigest) -> Result<(), StoreError> {
    let row = ActiveModel { digest: Set(digest.into_bytes()), ..link.into_active_model() };
    row.insert(db).await?;
    Ok(())
}

/// Returns the link with this token, even if it is used or has expired.
pub async fn by_digest(db: &impl ConnectionTrait, digest: TokenDigest) -> Result<Option<MailLink>, StoreError> {
    let query = Entity::find().filter(Column::Digest.eq(digest.into_bytes()));
    Ok(query.into_partial_model().one(db).await?)
}

/// Marks a link as used. Returns `false` if it already was, or has expired.
pub async fn spend(db: &impl ConnectionTrait, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let spent = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.0))
        .filter(Column::Id.eq(id))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.0))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// Deletes an account's unused links for one purpose, after its action was done in another way.
pub async fn forget_unused(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    purpose: LinkPurpose,
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes the links of an account that is being deleted.
pub async fn forget(db: &impl ConnectionTrait, account_id: Uuid) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::AccountId.eq(account_id)).exec(db).await?;
    Ok(())
}

/// Deletes up to `most` links that expired before `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::ExpiresAt.lt(before.0), most).await
}
