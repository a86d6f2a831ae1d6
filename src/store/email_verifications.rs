//! Email verifications: registrations, recoveries and changes of email that need a mailed code. They
//! reserve neither the email nor the username.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, Set,
};
use uuid::Uuid;

use super::entity::email_verification::{ActiveModel, Column, Entity, Model};
use super::{StoreError, batch, otps};
use crate::crypto::{OtpPurpose, PasswordHash, TokenDigest};
use crate::domain::{Email, Timestamp, Username};

/// An email verification.
#[derive(Clone, Debug)]
pub struct EmailVerification {
    pub id: Uuid,
    pub purpose: OtpPurpose,
    /// The account whose password is reset or whose email is changed. `None` for a registration, and
    /// for a recovery if no account has the email, in which case no code is accepted.
    pub account_id: Option<Uuid>,
    pub email: Email,
    /// Whether the email of a registration or change already belongs to an account. If it does, no
    /// code is accepted.
    pub address_taken: bool,
    pub tries: u32,
    pub email_changes: u32,
    /// Only for a registration.
    pub sign_up: Option<SignUp>,
    pub created_at: Timestamp,
    /// Whether the email is verified but the user has to choose another username.
    pub proven: bool,
    pub finished: bool,
}

/// The username and password of the account that a registration creates.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub username: Username,
    pub password_hash: PasswordHash,
}

impl EmailVerification {
    /// Creates a verification that begins at `now`.
    pub fn new(id: Uuid, purpose: OtpPurpose, email: Email, now: Timestamp) -> Self {
        Self {
            id,
            purpose,
            account_id: None,
            email,
            address_taken: false,
            tries: 0,
            email_changes: 0,
            sign_up: None,
            created_at: now,
            proven: false,
            finished: false,
        }
    }
}

/// Inserts a new verification. `flow` is the digest of the flow cookie, if the purpose has one.
pub async fn insert(
    db: &impl ConnectionTrait,
    new: EmailVerification,
    flow: Option<TokenDigest>,
) -> Result<(), StoreError> {
    let (username, password_hash) = match new.sign_up {
        Some(SignUp { username, password_hash }) => (Some(username), Some(password_hash)),
        None => (None, None),
    };
    let row = ActiveModel {
        id: Set(new.id),
        purpose: Set(new.purpose),
        flow_digest: Set(flow.map(TokenDigest::into_bytes)),
        account_id: Set(new.account_id),
        email_key: Set(new.email.key().to_owned()),
        email: Set(new.email),
        address_taken: Set(new.address_taken),
        tries: Set(0),
        email_changes: Set(0),
        username: Set(username),
        password_hash: Set(password_hash),
        created_at: Set(new.created_at),
        proven_at: Set(None),
        finished_at: Set(None),
    };
    row.insert(db).await?;
    Ok(())
}

/// Returns the verification for a flow token, even if it is finished.
pub async fn by_flow(
    db: &impl ConnectionTrait,
    purpose: OtpPurpose,
    flow: TokenDigest,
) -> Result<Option<EmailVerification>, StoreError> {
    let query = Entity::find().filter(Column::FlowDigest.eq(flow.into_bytes())).filter(Column::Purpose.eq(purpose));
    Ok(query.one(db).await?.map(read))
}

/// Returns the pending change of an account's email. At most one exists.
pub async fn email_change(
    db: &impl ConnectionTrait,
    account_id: Uuid,
) -> Result<Option<EmailVerification>, StoreError> {
    let query = Entity::find().filter(pending(account_id, OtpPurpose::EmailChange));
    Ok(query.order_by_desc(Column::Id).one(db).await?.map(read))
}

/// Whether the verification is finished.
pub async fn is_finished(db: &impl ConnectionTrait, id: Uuid) -> Result<bool, StoreError> {
    Ok(Entity::find_by_id(id).one(db).await?.is_some_and(|row| row.finished_at.is_some()))
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

/// Reverts [`count_try`] for an attempt whose code was right but is not consumed yet.
pub async fn uncount_try(db: &impl ConnectionTrait, id: Uuid) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).sub(1))
        .filter(Column::Id.eq(id))
        .filter(Column::Tries.gt(0))
        .exec(db)
        .await?;
    Ok(())
}

/// Corrects the email. Returns `false` if all `most` changes are used up.
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
    Entity::update_many().col_expr(Column::ProvenAt, Expr::value(at)).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Finishes a verification and erases its copy of the password hash.
pub async fn finish(db: &impl ConnectionTrait, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::FinishedAt, Expr::value(at))
        .col_expr(Column::PasswordHash, Expr::value(None::<String>))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Marks all pending recoveries of an account as finished. Their pages then redirect to sign-in.
pub async fn finish_recoveries(db: &impl ConnectionTrait, account_id: Uuid, at: Timestamp) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::FinishedAt, Expr::value(at))
        .filter(pending(account_id, OtpPurpose::Recovery))
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes the pending change of an account's email, if any, and invalidates its codes.
pub async fn drop_email_change(db: &impl ConnectionTrait, account_id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    match email_change(db, account_id).await? {
        Some(change) => delete(db, change.id, now).await,
        None => Ok(()),
    }
}

/// Deletes a verification, with its password hash, and invalidates its codes.
pub async fn delete(db: &impl ConnectionTrait, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    otps::invalidate_previous(db, id, 0, now).await?;
    Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Deletes up to `most` verifications that began before the time given for their purpose, and
/// returns the number deleted.
pub async fn purge(
    db: &impl ConnectionTrait,
    before: impl IntoIterator<Item = (OtpPurpose, Timestamp)>,
    most: u64,
) -> Result<u64, StoreError> {
    let stale = |(purpose, before): (_, Timestamp)| Column::Purpose.eq(purpose).and(Column::CreatedAt.lt(before));
    let any = before.into_iter().map(stale).fold(Condition::any(), Condition::add);
    batch::delete::<Entity>(db, any, most).await
}

fn pending(account_id: Uuid, purpose: OtpPurpose) -> Condition {
    Condition::all()
        .add(Column::AccountId.eq(account_id))
        .add(Column::Purpose.eq(purpose))
        .add(Column::FinishedAt.is_null())
}

fn read(row: Model) -> EmailVerification {
    let sign_up = match (row.username, row.password_hash) {
        (Some(username), Some(password_hash)) => Some(SignUp { username, password_hash }),
        _ => None,
    };
    EmailVerification {
        id: row.id,
        purpose: row.purpose,
        account_id: row.account_id,
        email: row.email,
        address_taken: row.address_taken,
        tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
        email_changes: u32::try_from(row.email_changes).unwrap_or(u32::MAX),
        sign_up,
        created_at: row.created_at,
        proven: row.proven_at.is_some(),
        finished: row.finished_at.is_some(),
    }
}
