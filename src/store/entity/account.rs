//! Users with a verified email.

use sea_orm::entity::prelude::*;

/// Generated column: whether the account can be signed in to. Never written directly.
pub const STATE: &str = "state";
/// Generated column: `last_sign_in_at`, or 0 if the user never signed in. Never written directly.
pub const LAST_SIGN_IN_KEY: &str = "last_sign_in_key";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub username: String,
    #[sea_orm(unique)]
    pub username_key: String,
    pub email: String,
    #[sea_orm(unique)]
    pub email_key: String,
    pub password_hash: String,
    pub role: String,
    pub created_at: i64,
    pub verified_at: i64,
    pub disabled_at: Option<i64>,
    pub password_changed_at: i64,
    pub last_sign_in_at: Option<i64>,
    pub last_sign_in_ip: Option<String>,
    /// When the owner was last notified that the email was used to register again.
    pub exists_notice_at: Option<i64>,
    /// Incremented to end all sessions of the account.
    pub session_epoch: i32,
    /// When the account will be deleted, if its owner has requested deletion.
    pub delete_after: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
