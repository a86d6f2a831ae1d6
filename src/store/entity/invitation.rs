//! Invitations to register, each for one email.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub digest: Vec<u8>,
    pub email: String,
    pub email_key: String,
    /// The administrator who sent it, unless that account was deleted.
    pub invited_by: Option<Uuid>,
    pub created_at: i64,
    pub expires_at: i64,
    /// From this time on the invitation is invalid.
    pub ended_at: i64,
    /// What ended it before it expired.
    pub ending: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
