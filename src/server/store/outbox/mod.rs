//! Mail that waits, was sent or was given up.
//!
//! A row is written in the transaction of what it is about. The worker claims
//! it before each attempt and closes it once it is sent or given up. The payload
//! of what is given up stays a while, so that it can be tried again; otherwise
//! closing, in `closing`, erases it. What administrators see and do is in `queue`.

mod closing;
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

pub use closing::{bury, close_sent, close_unsent, erase_kept, purge};
pub use queue::{Queue, Queued, by_id, drop_waiting, newest_of_kind, newest_queued, next_queued, retry};

/// Where a mail is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// Not sent yet.
    Waiting,
    /// A server took it over.
    Sent,
    /// Given up: refused for good, unreadable, or tried for too long.
    Dead,
    /// Its content expired before a server took it.
    Expired,
    /// An administrator took it out of the queue.
    Dropped,
}

impl MailState {
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Sent, Self::Dead, Self::Expired, Self::Dropped];

    /// The word kept in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Dead => "dead",
            Self::Expired => "expired",
            Self::Dropped => "dropped",
        }
    }

    /// Reads the word kept in the database.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    pub(super) fn from_stored(word: &str) -> Result<Self, StoreError> {
        Self::parse(word).ok_or(StoreError::Corrupt("outbox.state"))
    }
}

/// A mail to be written down.
#[derive(Clone, Debug)]
pub struct NewMail {
    pub id: Uuid,
    /// What the mail is about, in one word.
    pub kind: &'static str,
    /// The recipient with most of it hidden, for lists.
    pub recipient_masked: String,
    /// The sealed message.
    pub payload: Vec<u8>,
    pub created_at: Timestamp,
    /// The mail is never sent from this moment on.
    pub expires_at: Option<Timestamp>,
    /// The code that it carries.
    pub otp_id: Option<Uuid>,
}

/// A mail that waits.
#[derive(Clone, Debug)]
pub struct WaitingMail {
    pub id: Uuid,
    pub kind: String,
    /// The sealed message; empty, and so unreadable, when somebody erased it.
    pub payload: Vec<u8>,
    /// Attempts so far.
    pub attempts: i32,
    /// Since when it is tried: since it was written, or told to be tried anew.
    pub since: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// Whether a code is in it, which somebody waits for.
    pub carries_code: bool,
}

/// Writes a mail down, due at once.
///
/// # Errors
/// Only faults.
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

/// The mail that has been due for longest, of those with a code or of all. An
/// attempt planned for after `horizon` counts as due: it was planned by a clock
/// that was set back since.
///
/// # Errors
/// Only faults.
pub async fn first_due(
    db: &impl ConnectionTrait,
    codes_alone: bool,
    now: Timestamp,
    horizon: Timestamp,
) -> Result<Option<WaitingMail>, StoreError> {
    let due = Condition::any().add(Column::NextAttemptAt.lte(now.0)).add(Column::NextAttemptAt.gt(horizon.0));
    let live = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now.0));
    let row = Entity::find()
        .filter(waiting_for(codes_alone).add(due).add(live))
        .order_by_asc(Column::NextAttemptAt)
        .order_by_asc(Column::Id)
        .one(db)
        .await?;
    Ok(row.map(read))
}

/// When the next attempt is planned, of the mails with a code or of all.
///
/// # Errors
/// Only faults.
pub async fn next_attempt(db: &impl ConnectionTrait, codes_alone: bool) -> Result<Option<Timestamp>, StoreError> {
    let moment: Option<i64> = Entity::find()
        .select_only()
        .column(Column::NextAttemptAt)
        .filter(waiting_for(codes_alone))
        .order_by_asc(Column::NextAttemptAt)
        .into_tuple()
        .one(db)
        .await?;
    Ok(moment.map(Timestamp))
}

/// Up to `most` mails that wait although they expired.
///
/// # Errors
/// Only faults.
pub async fn overdue(db: &impl ConnectionTrait, now: Timestamp, most: u64) -> Result<Vec<WaitingMail>, StoreError> {
    let rows = Entity::find().filter(waiting().add(Column::ExpiresAt.lte(now.0))).limit(most).all(db).await?;
    Ok(rows.into_iter().map(read).collect())
}

/// Claims the next attempt by counting it. Should this process die, the mail
/// is due again at `again`. `false` when somebody else was quicker.
///
/// # Errors
/// Only faults.
pub async fn claim(db: &impl ConnectionTrait, mail: &WaitingMail, again: Timestamp) -> Result<bool, StoreError> {
    let claimed = Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(mail.attempts.saturating_add(1)))
        .col_expr(Column::NextAttemptAt, Expr::value(again.0))
        .filter(waiting().add(Column::Id.eq(mail.id)).add(Column::Attempts.eq(mail.attempts)))
        .exec(db)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Plans the next attempt after one that failed.
///
/// # Errors
/// Only faults.
pub async fn postpone(db: &impl ConnectionTrait, id: Uuid, until: Timestamp, error: &str) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::NextAttemptAt, Expr::value(until.0))
        .col_expr(Column::LastError, Expr::value(error))
        .filter(waiting().add(Column::Id.eq(id)))
        .exec(db)
        .await?;
    Ok(())
}

/// What became of the newest mail with this code.
///
/// # Errors
/// Only faults.
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

fn waiting_for(codes_alone: bool) -> Condition {
    waiting().add_option(codes_alone.then(|| Column::OtpId.is_not_null()))
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
