//! The audit log, chained by hashes: each row is one action with its actor, target and reason.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// Starts at 1 and has no gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub at: Timestamp,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub action: String,
    pub target_id: Option<Uuid>,
    pub detail: String,
    /// Erased with its salt when the actor's account is deleted.
    pub ip: Option<String>,
    pub ip_salt: Option<Vec<u8>>,
    pub ip_commitment: Option<Vec<u8>>,
    /// Erased with its salt when the target's account is deleted.
    pub reason: Option<String>,
    pub reason_salt: Option<Vec<u8>>,
    pub reason_commitment: Option<Vec<u8>>,
    /// The hash of the previous row.
    pub previous: Vec<u8>,
    pub hash: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
