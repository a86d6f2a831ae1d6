//! Issued codes, stored as keyed digests.

use sea_orm::entity::prelude::*;

use crate::store::otps::SuppressionReason;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "otp")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub purpose: String,
    pub flow_id: Uuid,
    pub email_key: String,
    pub digest: Vec<u8>,
    pub requester_ip: String,
    pub issued_at: i64,
    pub expires_at: i64,
    pub consumed_at: Option<i64>,
    /// Set when a newer code or another email replaced this code.
    pub voided_at: Option<i64>,
    /// Attempts while the code was valid, each counted before it is compared.
    pub attempts: i32,
    /// Set when the last attempt of its flow is counted, and cleared if that attempt is right.
    pub exhausted_at: Option<i64>,
    /// Why no message was sent. No code is accepted then.
    pub withheld: Option<SuppressionReason>,
    /// Whether the code is a long one instead of six digits.
    pub is_long: bool,
    /// Whether it was requested by a known device of the account.
    pub known_device: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
