//! Invitations to register, each for one email, for one use and for a limited time.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DerivePartialModel, EntityTrait,
    IntoActiveModel as _, QueryFilter as _, Select, Set,
};
use uuid::Uuid;

use super::entity::invitation::{ActiveModel, Column, Entity};
use super::{Cursor, StoreError, batch};
use crate::crypto::TokenDigest;
use crate::domain::words::words;
use crate::domain::{Email, Timestamp};

words! {
    /// What ended an invitation before it expired.
    pub enum Ending {
        /// An account was created with the email.
        Used = "used",
        Revoked = "revoked",
    }
}

/// An invitation, identified by the hash of the random token in its link.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity", into_active_model)]
pub struct Invitation {
    /// Sorts by creation time.
    pub id: Uuid,
    pub email: Email,
    /// The administrator who sent it, unless that account was deleted.
    pub invited_by: Option<Uuid>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub ending: Option<Ending>,
}

impl Invitation {
    /// Returns whether the invitation can be used.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.ending.is_none() && now < self.expires_at
    }
}

/// Inserts a new invitation.
pub async fn insert(db: &impl ConnectionTrait, new: Invitation, digest: TokenDigest) -> Result<(), StoreError> {
    let row = ActiveModel {
        digest: Set(digest.into_bytes()),
        email_key: Set(new.email.key().to_owned()),
        ended_at: Set(new.expires_at),
        ..new.into_active_model()
    };
    row.insert(db).await?;
    Ok(())
}

/// Returns the invitation with this token, even if it has ended.
pub async fn by_digest(db: &impl ConnectionTrait, digest: TokenDigest) -> Result<Option<Invitation>, StoreError> {
    Ok(with_digest(digest).into_partial_model().one(db).await?)
}

/// Returns whether a valid invitation for this email exists.
pub async fn is_invited(db: &impl ConnectionTrait, email: &Email, now: Timestamp) -> Result<bool, StoreError> {
    Ok(Entity::find().filter(waiting(now)).filter(Column::EmailKey.eq(email.key())).one(db).await?.is_some())
}

/// Ends the valid invitation for an email. Returns `false` if none exists.
pub async fn end_for(
    db: &impl ConnectionTrait,
    email: &Email,
    ending: Ending,
    now: Timestamp,
) -> Result<bool, StoreError> {
    end(db, Condition::all().add(Column::EmailKey.eq(email.key())), ending, now).await
}

/// Revokes an invitation. Returns `false` if it is not valid (anymore).
pub async fn revoke(db: &impl ConnectionTrait, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    end(db, Condition::all().add(Column::Id.eq(id)), Ending::Revoked, now).await
}

async fn end(db: &impl ConnectionTrait, which: Condition, ending: Ending, now: Timestamp) -> Result<bool, StoreError> {
    let ended = Entity::update_many()
        .col_expr(Column::Ending, Expr::value(ending))
        .col_expr(Column::EndedAt, Expr::value(now.0))
        .filter(which)
        .filter(waiting(now))
        .exec(db)
        .await?;
    Ok(ended.rows_affected > 0)
}

/// Returns the invitation with this id.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Invitation>, StoreError> {
    Ok(Entity::find_by_id(id).into_partial_model().one(db).await?)
}

/// Returns up to `most` invitations at `cursor`, newest first. With `email`, only those for that
/// email.
pub async fn list(
    db: &impl ConnectionTrait,
    email: Option<&Email>,
    cursor: Cursor<Uuid>,
    most: u64,
) -> Result<Vec<Invitation>, StoreError> {
    let query = cursor.select(of_address(email), Column::Id, most);
    Ok(cursor.newest_first(query.into_partial_model().all(db).await?))
}

/// Removes a deleted account as the sender of its invitations.
pub async fn remove_inviter(db: &impl ConnectionTrait, account_id: Uuid) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::InvitedBy, Expr::value(None::<Uuid>))
        .filter(Column::InvitedBy.eq(account_id))
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes all invitations for an email.
pub async fn delete_by_email(db: &impl ConnectionTrait, email_key: &str) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::EmailKey.eq(email_key)).exec(db).await?;
    Ok(())
}

/// Deletes up to `most` invitations that ended before `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::EndedAt.lt(before), most).await
}

fn waiting(now: Timestamp) -> Condition {
    Condition::all().add(Column::Ending.is_null()).add(Column::ExpiresAt.gt(now.0))
}

fn with_digest(digest: TokenDigest) -> Select<Entity> {
    Entity::find().filter(Column::Digest.eq(digest.into_bytes()))
}

fn of_address(email: Option<&Email>) -> Select<Entity> {
    let query = Entity::find();
    match email {
        Some(email) => query.filter(Column::EmailKey.eq(email.key())),
        None => query,
    }
}

#[cfg(test)]
mod tests;
