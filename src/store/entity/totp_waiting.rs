//! TOTP secrets that are waiting for their first code, encrypted.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;
use crate::store::lineage::Lineage;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "totp_waiting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    pub secret: Vec<u8>,
    pub created_at: Timestamp,
    /// Where it comes from.
    pub added_by: Lineage,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
