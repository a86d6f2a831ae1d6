//! Pending registrations. They are not accounts yet.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "registration")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub flow_digest: Vec<u8>,
    pub username: String,
    pub email: String,
    pub email_key: String,
    pub password_hash: String,
    /// The email already has an account: no code was sent, and no code is accepted.
    pub address_taken: bool,
    pub tries: i32,
    pub email_changes: i32,
    pub created_at: i64,
    /// Set when the code was right but the username was no longer available.
    pub proven_at: Option<i64>,
    pub finished_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
