//! Pending registrations. They reserve neither the username nor the email.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Set};
use uuid::Uuid;

use super::entity::registration::{ActiveModel, Column, Entity, Model};
use super::{StoreError, batch};
use crate::crypto::{PasswordHash, TokenDigest};
use crate::domain::{Email, Timestamp, Username};

/// A registration as the services see it.
#[derive(Clone, Debug)]
pub struct Registration {
    pub id: Uuid,
    pub username: Username,
    pub email: Email,
    pub password_hash: PasswordHash,
    /// The email already has an account: no code is accepted.
    pub address_taken: bool,
    pub tries: u32,
    pub email_changes: u32,
    pub created_at: Timestamp,
    /// The email is verified, but the username is no longer available.
    pub proven: bool,
    pub finished: bool,
}

/// Inserts a new registration for the browser with the token `flow`.
pub async fn insert(db: &impl ConnectionTrait, new: Registration, flow: TokenDigest) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id),
        flow_digest: Set(flow.into_bytes()),
        username: Set(new.username.as_str().to_owned()),
        email: Set(new.email.as_str().to_owned()),
        email_key: Set(new.email.key().to_owned()),
        password_hash: Set(new.password_hash.as_stored().to_owned()),
        address_taken: Set(new.address_taken),
        tries: Set(0),
        email_changes: Set(0),
        created_at: Set(new.created_at.0),
        proven_at: Set(None),
        finished_at: Set(None),
    };
    row.insert(db).await?;
    Ok(())
}

/// Returns the registration for a flow token.
pub async fn by_flow(db: &impl ConnectionTrait, flow: TokenDigest) -> Result<Option<Registration>, StoreError> {
    Entity::find().filter(Column::FlowDigest.eq(flow.into_bytes())).one(db).await?.map(read).transpose()
}

/// Counts an attempt before its code is compared. Returns `false` if all `most` attempts are used
/// up.
pub async fn count_try(db: &impl ConnectionTrait, id: Uuid, most: u32) -> Result<bool, StoreError> {
    let counted = Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::Tries.lt(most))
        .filter(Column::FinishedAt.is_null())
        .exec(db)
        .await?;
    Ok(counted.rows_affected == 1)
}

/// Changes the email of a registration. Returns `false` if all `most` changes are used up.
pub async fn change_email(
    db: &impl ConnectionTrait,
    id: Uuid,
    email: &Email,
    address_taken: bool,
    most: u32,
) -> Result<bool, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::Email, Expr::value(email.as_str()))
        .col_expr(Column::EmailKey, Expr::value(email.key()))
        .col_expr(Column::AddressTaken, Expr::value(address_taken))
        .col_expr(Column::EmailChanges, Expr::col(Column::EmailChanges).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::EmailChanges.lt(most))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Marks the email as verified while the user chooses another username.
pub async fn mark_proven(db: &impl ConnectionTrait, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
    Entity::update_many().col_expr(Column::ProvenAt, Expr::value(at.0)).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Finishes a registration after its account was created, and erases its copy of the password hash.
pub async fn mark_finished(db: &impl ConnectionTrait, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::FinishedAt, Expr::value(at.0))
        .col_expr(Column::PasswordHash, Expr::value(""))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes a registration and its password hash.
pub async fn delete(db: &impl ConnectionTrait, id: Uuid) -> Result<(), StoreError> {
    Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Deletes up to `most` registrations begun before `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::CreatedAt.lt(before.0), most).await
}

fn read(row: Model) -> Result<Registration, StoreError> {
    Ok(Registration {
        id: row.id,
        username: Username::parse(&row.username).map_err(|_| StoreError::Corrupt("registration.username"))?,
        email: Email::parse(&row.email).map_err(|_| StoreError::Corrupt("registration.email"))?,
        password_hash: PasswordHash::from_stored(row.password_hash),
        address_taken: row.address_taken,
        tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
        email_changes: u32::try_from(row.email_changes).unwrap_or(u32::MAX),
        created_at: Timestamp(row.created_at),
        proven: row.proven_at.is_some(),
        finished: row.finished_at.is_some(),
    })
}
