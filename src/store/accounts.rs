//! Accounts: users with a verified email.

mod account_status;

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DeriveIntoActiveModel, DerivePartialModel,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QuerySelect as _, Select, Set,
};
use uuid::Uuid;

pub use account_status::{
    administrators, cancel_deletion, close_until_deletion, disable, enable, end_sessions, is_another_administrator,
    set_role, set_two_step_since,
};

use super::StoreError;
use super::entity::account::{ActiveModel, Column, Entity};
use crate::crypto::PasswordHash;
use crate::domain::{AccountState, Email, Role, Timestamp, Username};

/// An account.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Account {
    pub id: Uuid,
    pub username: Username,
    pub email: Email,
    pub password_hash: PasswordHash,
    pub role: Role,
    pub created_at: Timestamp,
    pub verified_at: Timestamp,
    pub password_changed_at: Timestamp,
    #[sea_orm(from_expr = "Column::DisabledAt.is_not_null()")]
    pub disabled: bool,
    /// When the account will be deleted, if its owner has requested deletion.
    pub delete_after: Option<Timestamp>,
    /// Incrementing it invalidates all earlier sessions.
    #[sea_orm(from_col = "session_epoch")]
    pub session_version: i32,
    pub last_sign_in_at: Option<Timestamp>,
    pub last_sign_in_ip: Option<String>,
    /// When its first factor was added. `None` without a factor, and if that was before this was recorded.
    pub two_step_since: Option<Timestamp>,
}

impl Account {
    /// Returns whether the account can be signed in to.
    pub fn is_open(&self) -> bool {
        !self.disabled && self.delete_after.is_none()
    }

    /// Returns whether the account can be signed in to, and if not, why.
    pub fn state(&self) -> AccountState {
        match self {
            Self { disabled: true, .. } => AccountState::Disabled,
            Self { delete_after: Some(_), .. } => AccountState::Leaving,
            _ => AccountState::Open,
        }
    }

    /// Returns whether a session or sign-in that began with this session version is still valid.
    pub fn accepts_session(&self, session_version: i32) -> bool {
        self.is_open() && self.session_version == session_version
    }
}

/// The data of a new account.
#[derive(Clone, Debug, DeriveIntoActiveModel)]
pub struct NewAccount {
    pub id: Uuid,
    pub username: Username,
    pub email: Email,
    pub password_hash: PasswordHash,
    pub role: Role,
    pub created_at: Timestamp,
}

/// Returns whether any account exists.
pub async fn any(db: &impl ConnectionTrait) -> Result<bool, StoreError> {
    let one: Option<Uuid> = Entity::find().select_only().column(Column::Id).into_tuple().one(db).await?;
    Ok(one.is_some())
}

/// Inserts a new account.
///
/// # Errors
/// Fails if the username or the email is taken: check first, in the same transaction.
pub async fn insert(db: &impl ConnectionTrait, new: NewAccount) -> Result<(), StoreError> {
    let row = ActiveModel {
        username_key: Set(new.username.key()),
        email_key: Set(new.email.key().to_owned()),
        verified_at: Set(new.created_at),
        password_changed_at: Set(new.created_at),
        session_epoch: Set(0),
        ..new.into_active_model()
    };
    row.insert(db).await?;
    Ok(())
}

/// Returns the account with this id.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Account>, StoreError> {
    one(db, Entity::find_by_id(id)).await
}

/// Returns the usernames of the given accounts. Ids without an account are left out.
pub async fn names(db: &impl ConnectionTrait, ids: HashSet<Uuid>) -> Result<HashMap<Uuid, String>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = Entity::find().select_only().columns([Column::Id, Column::Username]).filter(Column::Id.is_in(ids));
    let rows: Vec<(Uuid, String)> = found.into_tuple().all(db).await?;
    Ok(rows.into_iter().collect())
}

/// Returns the account with this username.
pub async fn by_username(db: &impl ConnectionTrait, username: &Username) -> Result<Option<Account>, StoreError> {
    one(db, Entity::find().filter(Column::UsernameKey.eq(username.key()))).await
}

/// Returns the account with this email.
pub async fn by_email(db: &impl ConnectionTrait, email: &Email) -> Result<Option<Account>, StoreError> {
    one(db, Entity::find().filter(Column::EmailKey.eq(email.key()))).await
}

/// Records a sign-in.
pub async fn record_sign_in(db: &impl ConnectionTrait, id: Uuid, at: Timestamp, ip: &str) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::LastSignInAt, Expr::value(at.0))
        .col_expr(Column::LastSignInIp, Expr::value(ip))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Sets a new password. With `instead_of`, only if that hash is still the current one. Returns
/// `false` if it is not, or if the account is closed.
pub async fn set_password(
    db: &impl ConnectionTrait,
    id: Uuid,
    hash: &PasswordHash,
    instead_of: Option<&PasswordHash>,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let mut update = Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(hash.as_stored()))
        .col_expr(Column::PasswordChangedAt, Expr::value(at.0))
        .filter(Column::Id.eq(id))
        .filter(Column::DisabledAt.is_null())
        .filter(Column::DeleteAfter.is_null());
    if let Some(earlier) = instead_of {
        update = update.filter(Column::PasswordHash.eq(earlier.as_stored()));
    }
    Ok(update.exec(db).await?.rows_affected == 1)
}

/// Sets another username. Check in the same transaction that it is free.
pub async fn set_username(db: &impl ConnectionTrait, id: Uuid, username: &Username) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Username, Expr::value(username.as_str()))
        .col_expr(Column::UsernameKey, Expr::value(username.key()))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Sets another email. Check in the same transaction that it is free.
pub async fn set_email(db: &impl ConnectionTrait, id: Uuid, email: &Email) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Email, Expr::value(email.as_str()))
        .col_expr(Column::EmailKey, Expr::value(email.key()))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Records that the owner of an email is being notified that it was used to register again. Returns
/// `false` if the last notice was sent after `since`.
pub async fn claim_exists_notice(
    db: &impl ConnectionTrait,
    id: Uuid,
    at: Timestamp,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let claimed = Entity::update_many()
        .col_expr(Column::ExistsNoticeAt, Expr::value(at.0))
        .filter(Column::Id.eq(id))
        .filter(Column::ExistsNoticeAt.is_null().or(Column::ExistsNoticeAt.lte(since.0)))
        .exec(db)
        .await?;
    Ok(claimed.rows_affected == 1)
}

async fn one(db: &impl ConnectionTrait, query: Select<Entity>) -> Result<Option<Account>, StoreError> {
    Ok(query.into_partial_model().one(db).await?)
}
