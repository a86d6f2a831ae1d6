//! Attempts and requests that limits count.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;
use crate::store::attempts::{AttemptKind, Outcome};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: AttemptKind,
    /// A keyed hash of what is guessed at or requested.
    pub subject: Option<Vec<u8>>,
    pub account_id: Option<Uuid>,
    /// The IP prefix: four bytes of IPv4, or eight of IPv6.
    pub network: Vec<u8>,
    pub known_device: bool,
    pub at: Timestamp,
    pub outcome: Outcome,
    /// When the row is deleted.
    pub expires_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
