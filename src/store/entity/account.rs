//! Users with a verified email.

use sea_orm::entity::prelude::*;

use crate::crypto::PasswordHash;
use crate::domain::{Email, Role, Timestamp, Username};

/// Generated column: whether the account can be signed in to. Never written directly.
pub const STATE: &str = "state";
/// Generated column: `last_sign_in_at`, or 0 if the user never signed in. Never written directly.
pub const LAST_SIGN_IN_KEY: &str = "last_sign_in_key";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub username: Username,
    #[sea_orm(unique)]
    pub username_key: String,
    pub email: Email,
    #[sea_orm(unique)]
    pub email_key: String,
    pub password_hash: PasswordHash,
    pub role: Role,
    pub created_at: Timestamp,
    pub verified_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
    pub password_changed_at: Timestamp,
    pub last_sign_in_at: Option<Timestamp>,
    pub last_sign_in_ip: Option<String>,
    /// When the owner was last notified that the email was used to register again.
    pub exists_notice_at: Option<Timestamp>,
    /// Incremented to end all sessions of the account.
    pub session_epoch: i32,
    /// When the account will be deleted, if its owner has requested deletion.
    pub delete_after: Option<Timestamp>,
    /// When its first factor was added. Empty without a factor, and if that was before this was recorded.
    pub two_step_since: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
