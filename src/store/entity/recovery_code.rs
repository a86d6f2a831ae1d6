//! Recovery codes, stored as hashes.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;
use crate::store::lineage::Lineage;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recovery_code")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    #[sea_orm(unique)]
    pub digest: Vec<u8>,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
    /// Where it comes from.
    pub added_by: Lineage,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
