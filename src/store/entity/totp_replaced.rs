//! TOTP secrets that were replaced a short time ago, encrypted.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;
use crate::store::lineage::Lineage;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "totp_replaced")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub secret: Vec<u8>,
    pub created_at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
    /// The last time step with an accepted code (RFC 6238, section 5.2).
    pub last_step: Option<i64>,
    /// Where it comes from.
    pub added_by: Lineage,
    pub replaced_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
