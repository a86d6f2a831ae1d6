//! Invitations to register: each for one address, once, for a while.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, Set,
};
use uuid::Uuid;

use super::StoreError;
use super::entity::invitation::{ActiveModel, Column, Entity, Model};
use crate::domain::{Email, Timestamp};
use crate::server::crypto::TokenDigest;

/// What ended an invitation before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its address got an account.
    Used,
    Revoked,
}

impl Ending {
    /// The word kept in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Revoked => "revoked",
        }
    }

    fn from_stored(word: &str) -> Result<Self, StoreError> {
        let found = [Self::Used, Self::Revoked].into_iter().find(|ending| ending.as_str() == word);
        found.ok_or(StoreError::Corrupt("invitation.ending"))
    }
}

/// An invitation, known by the hash of the random value in its link.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// In the order of their making.
    pub id: Uuid,
    pub email: Email,
    /// The administrator's account, while it is there.
    pub invited_by: Option<Uuid>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub ending: Option<Ending>,
}

impl Invitation {
    /// Whether somebody could use it.
    #[must_use]
    pub fn waits(&self, now: Timestamp) -> bool {
        self.ending.is_none() && now < self.expires_at
    }
}

/// # Errors
/// Only faults.
pub async fn insert(db: &impl ConnectionTrait, new: &Invitation, digest: TokenDigest) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id),
        digest: Set(digest.into_bytes()),
        email: Set(new.email.as_str().to_owned()),
        email_key: Set(new.email.key().to_owned()),
        invited_by: Set(new.invited_by),
        created_at: Set(new.created_at.0),
        expires_at: Set(new.expires_at.0),
        ended_at: Set(new.expires_at.0),
        ending: Set(None),
    };
    row.insert(db).await?;
    Ok(())
}

/// The invitation with this random value, those included that ended.
///
/// # Errors
/// Only faults.
pub async fn by_digest(db: &impl ConnectionTrait, digest: TokenDigest) -> Result<Option<Invitation>, StoreError> {
    with_digest(digest).one(db).await?.map(read).transpose()
}

/// Whether an invitation of this address could be used now.
///
/// # Errors
/// Only faults.
pub async fn is_invited(db: &impl ConnectionTrait, email: &Email, now: Timestamp) -> Result<bool, StoreError> {
    Ok(Entity::find().filter(waiting(now)).filter(Column::EmailKey.eq(email.key())).one(db).await?.is_some())
}

/// Ends the invitation of an address that waits; `false` when none does.
///
/// # Errors
/// Only faults.
pub async fn end_for(
    db: &impl ConnectionTrait,
    email: &Email,
    ending: Ending,
    now: Timestamp,
) -> Result<bool, StoreError> {
    end(db, Condition::all().add(Column::EmailKey.eq(email.key())), ending, now).await
}

/// Revokes an invitation that waits; `false` when it does not (any more).
///
/// # Errors
/// Only faults.
pub async fn revoke(db: &impl ConnectionTrait, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    end(db, Condition::all().add(Column::Id.eq(id)), Ending::Revoked, now).await
}

async fn end(db: &impl ConnectionTrait, which: Condition, ending: Ending, now: Timestamp) -> Result<bool, StoreError> {
    let ended = Entity::update_many()
        .col_expr(Column::Ending, Expr::value(ending.as_str()))
        .col_expr(Column::EndedAt, Expr::value(now.0))
        .filter(which)
        .filter(waiting(now))
        .exec(db)
        .await?;
    Ok(ended.rows_affected > 0)
}

/// # Errors
/// Only faults.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Invitation>, StoreError> {
    Entity::find_by_id(id).one(db).await?.map(read).transpose()
}

/// The newest `most` invitations, of one address if given, before the one with
/// the id `before` if given; the newest first.
///
/// # Errors
/// Only faults.
pub async fn newest(
    db: &impl ConnectionTrait,
    email: Option<&Email>,
    before: Option<Uuid>,
    most: u64,
) -> Result<Vec<Invitation>, StoreError> {
    list_newest(email, before, most).all(db).await?.into_iter().map(read).collect()
}

/// The `most` invitations that came next after the one with the id `after`; the newest first.
///
/// # Errors
/// Only faults.
pub async fn next_after(
    db: &impl ConnectionTrait,
    email: Option<&Email>,
    after: Uuid,
    most: u64,
) -> Result<Vec<Invitation>, StoreError> {
    list_after(email, after, most).all(db).await?.into_iter().rev().map(read).collect()
}

/// Forgets who invited, as that account goes.
///
/// # Errors
/// Only faults.
pub async fn forget_inviter(db: &impl ConnectionTrait, account_id: Uuid) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::InvitedBy, Expr::value(None::<Uuid>))
        .filter(Column::InvitedBy.eq(account_id))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets every invitation of an address.
///
/// # Errors
/// Only faults.
pub async fn forget_address(db: &impl ConnectionTrait, email_key: &str) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::EmailKey.eq(email_key)).exec(db).await?;
    Ok(())
}

/// Deletes up to `most` invitations that ended before `before`; tells how many.
///
/// # Errors
/// Only faults.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    let ids: Vec<Uuid> = ended(before, most).into_tuple().all(db).await?;
    Ok(Entity::delete_many().filter(Column::Id.is_in(ids)).exec(db).await?.rows_affected)
}

fn waiting(now: Timestamp) -> Condition {
    Condition::all().add(Column::Ending.is_null()).add(Column::ExpiresAt.gt(now.0))
}

fn with_digest(digest: TokenDigest) -> Select<Entity> {
    Entity::find().filter(Column::Digest.eq(digest.into_bytes()))
}

fn list_newest(email: Option<&Email>, before: Option<Uuid>, most: u64) -> Select<Entity> {
    let mut query = of_address(email);
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    query.order_by_desc(Column::Id).limit(most)
}

fn list_after(email: Option<&Email>, after: Uuid, most: u64) -> Select<Entity> {
    of_address(email).filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(most)
}

fn of_address(email: Option<&Email>) -> Select<Entity> {
    let query = Entity::find();
    match email {
        Some(email) => query.filter(Column::EmailKey.eq(email.key())),
        None => query,
    }
}

fn ended(before: Timestamp, most: u64) -> Select<Entity> {
    Entity::find().select_only().column(Column::Id).filter(Column::EndedAt.lt(before.0)).limit(most)
}

fn read(row: Model) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        id: row.id,
        email: Email::parse(&row.email).map_err(|_| StoreError::Corrupt("invitation.email"))?,
        invited_by: row.invited_by,
        created_at: Timestamp(row.created_at),
        expires_at: Timestamp(row.expires_at),
        ending: row.ending.as_deref().map(Ending::from_stored).transpose()?,
    })
}

#[cfg(test)]
mod tests;
