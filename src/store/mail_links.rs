//! Links in emails, each for one action, for one use and for a limited time.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set,
};
use uuid::Uuid;

use super::StoreError;
use super::entity::mail_link::{ActiveModel, Column, Entity, Model};
use crate::crypto::TokenDigest;
use crate::domain::Timestamp;

/// What a link does once the user confirms it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Ends the session of a sign-in from a new device.
    EndSession,
    /// Restores the previous email.
    UndoEmailChange,
    /// Cancels the deletion of an account.
    KeepAccount,
}

const PURPOSES: [LinkPurpose; 3] = [LinkPurpose::EndSession, LinkPurpose::UndoEmailChange, LinkPurpose::KeepAccount];

impl LinkPurpose {
    /// Returns the value stored in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EndSession => "end_session",
            Self::UndoEmailChange => "undo_email_change",
            Self::KeepAccount => "keep_account",
        }
    }
}

/// A link, identified by the hash of the random token in it.
#[derive(Clone, Debug)]
pub struct MailLink {
    pub id: Uuid,
    pub purpose: LinkPurpose,
    pub account_id: Uuid,
    /// The session (by its handle) or the email change that it refers to.
    pub subject_id: Option<Uuid>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used: bool,
}

/// Inserts a new link.
pub async fn insert(db: &impl ConnectionTrait, link: MailLink, digest: TokenDigest) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(link.id),
        digest: Set(digest.into_bytes()),
        purpose: Set(link.purpose.as_str().to_owned()),
        account_id: Set(link.account_id),
        subject_id: Set(link.subject_id),
        created_at: Set(link.created_at.0),
        expires_at: Set(link.expires_at.0),
        used_at: Set(None),
    };
    row.insert(db).await?;
    Ok(())
}

/// Returns the link with this token, even if it is used or has expired.
pub async fn by_digest(db: &impl ConnectionTrait, digest: TokenDigest) -> Result<Option<MailLink>, StoreError> {
    let row = Entity::find().filter(Column::Digest.eq(digest.into_bytes())).one(db).await?;
    row.map(read).transpose()
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
        .filter(Column::Purpose.eq(purpose.as_str()))
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
    let ids: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ExpiresAt.lt(before.0))
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(Entity::delete_many().filter(Column::Id.is_in(ids)).exec(db).await?.rows_affected)
}

fn read(row: Model) -> Result<MailLink, StoreError> {
    let purpose = PURPOSES.into_iter().find(|purpose| purpose.as_str() == row.purpose);
    Ok(MailLink {
        id: row.id,
        purpose: purpose.ok_or(StoreError::Corrupt("mail_link.purpose"))?,
        account_id: row.account_id,
        subject_id: row.subject_id,
        created_at: Timestamp(row.created_at),
        expires_at: Timestamp(row.expires_at),
        used: row.used_at.is_some(),
    })
}
