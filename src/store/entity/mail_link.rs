//! Links in emails, each for one action.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;
use crate::store::mail_links::LinkPurpose;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub digest: Vec<u8>,
    pub purpose: LinkPurpose,
    pub account_id: Uuid,
    /// The session or the email change that it refers to. For a factor: the session that added it.
    pub subject_id: Option<Uuid>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
