//! People who have proven their address.

use sea_orm::entity::prelude::*;

/// Follows from the columns: whether anybody may sign in. Nothing writes it.
pub const STATE: &str = "state";
/// Follows from the columns: `last_sign_in_at`, and 0 for never. Nothing writes it.
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
    /// When the owner was last told that somebody registered with the address.
    pub exists_notice_at: Option<i64>,
    /// Raised whenever every session of the account has to end.
    pub session_epoch: i32,
    /// When the account goes, if its owner wants that.
    pub delete_after: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
