//! Outgoing mail: pending, sent or failed.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;
use crate::store::outbox::{MailFault, MailState};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub recipient_masked: String,
    /// Encrypted. Erased once the message is sent or dropped, or some time after it failed.
    pub payload: Option<Vec<u8>>,
    pub state: MailState,
    pub attempts: i32,
    pub created_at: Timestamp,
    pub next_attempt_at: Timestamp,
    /// The message is never sent from this time on.
    pub expires_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    pub last_error: Option<String>,
    /// Why the last attempt failed.
    pub fault: Option<MailFault>,
    pub otp_id: Option<Uuid>,
    /// The code in place of which the message is sent.
    pub in_place_of: Option<Uuid>,
    /// Until when a failed message can be retried.
    pub keep_until: Option<Timestamp>,
    /// When it was last queued again.
    pub retried_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
