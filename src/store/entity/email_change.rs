//! Changes of an account's email: pending, confirmed or undone.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub email: String,
    pub email_key: String,
    /// The new email belongs to another account: no code was sent, and no code is accepted.
    pub address_taken: bool,
    pub old_email: String,
    pub old_email_key: String,
    pub tries: i32,
    pub created_at: i64,
    pub confirmed_at: Option<i64>,
    pub undone_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
