//! The outbox: mail that is pending, sent or failed.
//!
//! A message is inserted in the same transaction as the change that causes it. The worker claims it
//! before each attempt and closes it (see `completion`) once it is sent or has failed. Closing erases
//! the payload, except that the payload of a failed message is kept for a while so that it can be
//! retried. The view for administrators is in `queue`.

mod completion;
mod queue;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Set,
};
use uuid::Uuid;

use super::StoreError;
use super::entity::outbox::{ActiveModel, Column, Entity, Model};
use crate::domain::Timestamp;

pub use completion::{close_sent, close_unsent, erase_kept, mark_failed, purge};
pub use queue::{Queue, Queued, by_id, drop_waiting, newest_of_kind, newest_queued, next_queued, retry};

/// The delivery state of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// Not sent yet.
    Waiting,
    /// Accepted by a mail server.
    Sent,
    /// Permanently rejected, unreadable, or retried for too long.
    Failed,
    /// Expired before a mail server accepted it.
    Expired,
    /// Removed from the queue by an administrator.
    Dropped,
}

impl MailState {
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Sent, Self::Failed, Self::Expired, Self::Dropped];

    /// Returns the value stored in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "dead",
            Self::Expired => "expired",
            Self::Dropped => "dropped",
        }
    }

    /// Parses the value stored in the database.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    pub(super) fn from_stored(word: &str) -> Result<Self, StoreError> {
        Self::parse(word).ok_or(StoreError::Corrupt("outbox.state"))
    }
}

/// A new message.
#[derive(Clone, Debug)]
pub struct NewMail {
    pub id: Uuid,
    /// The kind of message, as one word.
    pub kind: &'static str,
    /// The partly masked recipient, for lists.
    pub recipient_masked: String,
    /// The encrypted message.
    pub payload: Vec<u8>,
    pub created_at: Timestamp,
    /// The message is never sent from this time on.
    pub expires_at: Option<Timestamp>,
    /// The code in the message.
    pub otp_id: Option<Uuid>,
}

/// A pending message.
#[derive(Clone, Debug)]
pub struct WaitingMail {
    pub id: Uuid,
    pub kind: String,
    /// The encrypted message. Empty, and therefore unreadable, if it was erased.
    pub payload: Vec<u8>,
    /// Attempts so far.
    pub attempts: i32,
    /// When the attempts began: when it was written or last queued again.
    pub since: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// Whether the message contains a code that a user is waiting for.
    pub carries_code: bool,
}

/// Inserts a message that is due immediately.
pub async fn insert(db: &impl ConnectionTrait, new: NewMail) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id),
        kind: Set(new.kind.to_owned()),
        recipient_masked: Set(new.recipient_masked),
        payload: Set(Some(new.payload)),
        state: Set(MailState::Waiting.as_str().to_owned()),
        attempts: Set(0),
        created_at: Set(new.created_at.0),
        next_attempt_at: Set(new.created_at.0),
        expires_at: Set(new.expires_at.map(|moment| moment.0)),
        sent_at: Set(None),
        last_error: Set(None),
        otp_id: Set(new.otp_id),
        keep_until: Set(None),
        retried_at: Set(None),
    };
    row.insert(db).await?;
    Ok(())
}

/// Returns the message that has been due for longest, with `only_codes` among messages with a code.
/// An attempt planned for after `latest_attempt` is also due: the clock was set back after it was
/// planned.
pub async fn first_due(
    db: &impl ConnectionTrait,
    only_codes: bool,
    now: Timestamp,
    latest_attempt: Timestamp,
) -> Result<Option<WaitingMail>, StoreError> {
    let due = Condition::any().add(Column::NextAttemptAt.lte(now.0)).add(Column::NextAttemptAt.gt(latest_attempt.0));
    let live = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now.0));
    let row = Entity::find()
        .filter(waiting_for(only_codes).add(due).add(live))
        .order_by_asc(Column::NextAttemptAt)
        .order_by_asc(Column::Id)
        .one(db)
        .await?;
    Ok(row.map(read))
}

/// Returns when the next attempt is planned, with `only_codes` among messages with a code.
pub async fn next_attempt(db: &impl ConnectionTrait, only_codes: bool) -> Result<Option<Timestamp>, StoreError> {
    let moment: Option<i64> = Entity::find()
        .select_only()
        .column(Column::NextAttemptAt)
        .filter(waiting_for(only_codes))
        .order_by_asc(Column::NextAttemptAt)
        .into_tuple()
        .one(db)
        .await?;
    Ok(moment.map(Timestamp))
}

/// Returns up to `most` pending messages that have expired.
pub async fn overdue(db: &impl ConnectionTrait, now: Timestamp, most: u64) -> Result<Vec<WaitingMail>, StoreError> {
    let rows = Entity::find().filter(waiting().add(Column::ExpiresAt.lte(now.0))).limit(most).all(db).await?;
    Ok(rows.into_iter().map(read).collect())
}

/// Claims the next attempt by counting it. If this process dies, the message is due again at
/// `retry_at`. Returns `false` if another worker has claimed it.
pub async fn claim(db: &impl ConnectionTrait, mail: &WaitingMail, retry_at: Timestamp) -> Result<bool, StoreError> {
    let claimed = Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(mail.attempts.saturating_add(1)))
        .col_expr(Column::NextAttemptAt, Expr::value(retry_at.0))
        .filter(waiting().add(Column::Id.eq(mail.id)).add(Column::Attempts.eq(mail.attempts)))
        .exec(db)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Plans the next attempt after a failed one.
pub async fn postpone(db: &impl ConnectionTrait, id: Uuid, until: Timestamp, error: &str) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::NextAttemptAt, Expr::value(until.0))
        .col_expr(Column::LastError, Expr::value(error))
        .filter(waiting().add(Column::Id.eq(id)))
        .exec(db)
        .await?;
    Ok(())
}

/// Returns the state of the newest message with this code.
pub async fn state_of_otp(db: &impl ConnectionTrait, otp_id: Uuid) -> Result<Option<MailState>, StoreError> {
    let state: Option<String> = Entity::find()
        .select_only()
        .column(Column::State)
        .filter(Column::OtpId.eq(otp_id))
        .order_by_desc(Column::CreatedAt)
        .into_tuple()
        .one(db)
        .await?;
    state.as_deref().map(MailState::from_stored).transpose()
}

fn waiting() -> Condition {
    Condition::all().add(Column::State.eq(MailState::Waiting.as_str()))
}

fn waiting_for(only_codes: bool) -> Condition {
    waiting().add_option(only_codes.then(|| Column::OtpId.is_not_null()))
}

fn read(row: Model) -> WaitingMail {
    WaitingMail {
        id: row.id,
        kind: row.kind,
        payload: row.payload.unwrap_or_default(),
        attempts: row.attempts,
        since: Timestamp(row.retried_at.unwrap_or(row.created_at)),
        expires_at: row.expires_at.map(Timestamp),
        carries_code: row.otp_id.is_some(),
    }
}
