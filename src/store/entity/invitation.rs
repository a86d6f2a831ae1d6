//! Invitations to register, each for one email.

use sea_orm::entity::prelude::*;

use crate::domain::{Email, Timestamp};
use crate::store::invitations::Ending;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub digest: Vec<u8>,
    pub email: Email,
    pub email_key: String,
    /// The administrator who sent it, unless that account was deleted.
    pub invited_by: Option<Uuid>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// From this time on the invitation is invalid.
    pub ended_at: Timestamp,
    /// What ended it before it expired.
    pub ending: Option<Ending>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
