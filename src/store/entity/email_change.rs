//! Confirmed changes of an account's email, which can be undone for some time.

use sea_orm::entity::prelude::*;

use crate::domain::{Email, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub email: Email,
    pub old_email: Email,
    pub old_email_key: String,
    /// When the change was requested.
    pub created_at: Timestamp,
    pub confirmed_at: Timestamp,
    pub undone_at: Option<Timestamp>,
    /// The session that confirmed the change, if that is known.
    pub changed_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
