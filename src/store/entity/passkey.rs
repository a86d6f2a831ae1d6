//! Passkeys: public keys only, no secrets.

use sea_orm::entity::prelude::*;

use crate::domain::{PasskeyName, Timestamp};
use crate::store::lineage::Lineage;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    #[sea_orm(unique)]
    pub credential_id: Vec<u8>,
    pub data: String,
    pub name: PasskeyName,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    /// Where it comes from.
    pub added_by: Lineage,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
