//! Mail that waits, was sent or was given up.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub recipient_masked: String,
    /// Sealed; erased once the mail is sent or dropped, and a while after it was given up.
    pub payload: Option<Vec<u8>>,
    pub state: String,
    pub attempts: i32,
    pub created_at: i64,
    pub next_attempt_at: i64,
    /// Never sent from this moment on.
    pub expires_at: Option<i64>,
    pub sent_at: Option<i64>,
    pub last_error: Option<String>,
    pub otp_id: Option<Uuid>,
    /// Until when a mail that was given up can be tried again.
    pub keep_until: Option<i64>,
    /// When it was last told to be tried anew.
    pub retried_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
