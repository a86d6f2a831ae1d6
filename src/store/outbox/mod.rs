//! The outbox: mail that is pending, sent or failed.
//!
//! A message is inserted in the same transaction as the change that causes it. The worker claims it
//! before each attempt and closes it (see `completion`) once it is sent or has failed. Closing erases
//! the payload, except that the payload of a failed message is kept for a while so that it can be
//! retried. The view for administrators is in `queue`.
//!
//! Where a message depends on whether an account exists, a *decoy* takes its place if there is none. It is written,
//! claimed and closed like a message, but never sent, so that neither an answer nor what the worker does afterwards
//! reveals which of the two it was.

mod completion;
mod queue;

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DeriveIntoActiveModel, DerivePartialModel,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};
use uuid::Uuid;

use super::StoreError;
use super::entity::outbox::{ActiveModel, Column, Entity};
use crate::domain::words::words;
use crate::domain::{Delivery, Timestamp};

pub use completion::{close_sent, close_unsent, erase_kept, mark_failed, purge};
pub use queue::{Queue, Queued, by_id, drop_waiting, list, newest_of_kind, retry};

words! {
    /// The delivery state of a message.
    pub enum MailState {
        /// Not sent yet.
        Waiting = "waiting",
        /// Accepted by a mail server.
        Sent = "sent",
        /// Permanently rejected, unreadable, or retried for too long.
        Failed = "dead",
        /// Expired before a mail server accepted it.
        Expired = "expired",
        /// Removed from the queue by an administrator.
        Dropped = "dropped",
        /// A decoy that the worker has not closed yet.
        Decoy = "decoy",
        /// A decoy that is closed.
        Suppressed = "suppressed",
    }
}

words! {
    /// Why a message could not be sent.
    pub enum MailFault {
        /// The server could not be reached, or asked to try again later.
        Temporary = "temporary",
        /// The server refuses what the portal's settings say: name, credentials, sender or encryption.
        Settings = "settings",
        /// The server refuses the recipient.
        Recipient = "recipient",
        /// The server refuses the message itself.
        Content = "content",
        /// The server had the whole message, but its reply was lost. It may have accepted it.
        Unconfirmed = "unconfirmed",
    }
}

impl MailFault {
    /// Whether the message is not tried again.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Recipient | Self::Content)
    }
}

/// A new message.
#[derive(Clone, Debug, DeriveIntoActiveModel)]
pub struct NewMail {
    pub id: Uuid,
    /// The kind of message, as one word.
    pub kind: String,
    /// The partly masked recipient, for lists.
    pub recipient_masked: String,
    /// The encrypted message.
    pub payload: Vec<u8>,
    /// [`MailState::Waiting`] or [`MailState::Decoy`].
    pub state: MailState,
    pub created_at: Timestamp,
    /// The message is never sent from this time on.
    pub expires_at: Option<Timestamp>,
    /// The code in the message.
    pub otp_id: Option<Uuid>,
    /// The code in place of which the message is sent.
    pub in_place_of: Option<Uuid>,
}

/// Which pending messages the worker looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Messages with a code.
    Codes,
    Decoys,
    /// All messages, but no decoys.
    Messages,
}

/// A pending message or decoy.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct WaitingMail {
    pub id: Uuid,
    pub kind: String,
    pub state: MailState,
    /// The encrypted message, unless it was erased.
    pub payload: Option<Vec<u8>>,
    /// Attempts so far.
    pub attempts: i32,
    /// When the attempts began: when it was written or last queued again.
    #[sea_orm(from_expr = "Expr::col(Column::RetriedAt).if_null(Expr::col(Column::CreatedAt))")]
    pub since: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// Whether the message contains a code that a user is waiting for.
    #[sea_orm(from_expr = "Column::OtpId.is_not_null()")]
    pub carries_code: bool,
    /// Whether the message is sent in place of one that contains a code.
    #[sea_orm(from_expr = "Column::InPlaceOf.is_not_null()")]
    pub replaces_code: bool,
}

impl WaitingMail {
    #[must_use]
    pub fn is_decoy(&self) -> bool {
        self.state == MailState::Decoy
    }
}

/// Inserts a message that is due immediately.
pub async fn insert(db: &impl ConnectionTrait, new: NewMail) -> Result<(), StoreError> {
    let row = ActiveModel { attempts: Set(0), next_attempt_at: Set(new.created_at), ..new.into_active_model() };
    row.insert(db).await?;
    Ok(())
}

/// Returns the message of a class that has been due for longest. An attempt planned for after `latest_attempt` is also
/// due, because the clock was set back after it was planned, unless the outcome of the last attempt is unknown.
pub async fn first_due(
    db: &impl ConnectionTrait,
    class: Class,
    now: Timestamp,
    latest_attempt: Timestamp,
) -> Result<Option<WaitingMail>, StoreError> {
    let confirmed = Column::Fault.is_null().or(Column::Fault.ne(MailFault::Unconfirmed));
    let clock_set_back = Column::NextAttemptAt.gt(latest_attempt.0).and(confirmed);
    let due = Condition::any().add(Column::NextAttemptAt.lte(now.0)).add(clock_set_back);
    let live = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now.0));
    let query = Entity::find()
        .filter(pending(class).add(due).add(live))
        .order_by_asc(Column::NextAttemptAt)
        .order_by_asc(Column::Id);
    Ok(query.into_partial_model().one(db).await?)
}

/// Returns when the next attempt at a message of a class is planned.
pub async fn next_attempt(db: &impl ConnectionTrait, class: Class) -> Result<Option<Timestamp>, StoreError> {
    let query = Entity::find()
        .select_only()
        .column(Column::NextAttemptAt)
        .filter(pending(class))
        .order_by_asc(Column::NextAttemptAt);
    Ok(query.into_tuple().one(db).await?)
}

/// Returns up to `most` pending messages and decoys that have expired.
pub async fn overdue(db: &impl ConnectionTrait, now: Timestamp, most: u64) -> Result<Vec<WaitingMail>, StoreError> {
    let query = Entity::find().filter(open().add(Column::ExpiresAt.lte(now))).limit(most);
    Ok(query.into_partial_model().all(db).await?)
}

/// Claims the next attempt by counting it. If this process dies, the message is due again at
/// `retry_at`. Returns `false` if another worker has claimed it.
pub async fn claim(db: &impl ConnectionTrait, mail: &WaitingMail, retry_at: Timestamp) -> Result<bool, StoreError> {
    let claimed = Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(mail.attempts.saturating_add(1)))
        .col_expr(Column::NextAttemptAt, Expr::value(retry_at.0))
        .filter(open().add(Column::Id.eq(mail.id)).add(Column::Attempts.eq(mail.attempts)))
        .exec(db)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Plans the next attempt at a message or decoy after a failed one.
pub async fn postpone(
    db: &impl ConnectionTrait,
    id: Uuid,
    until: Timestamp,
    fault: MailFault,
    error: &str,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::NextAttemptAt, Expr::value(until.0))
        .col_expr(Column::LastError, Expr::value(error))
        .col_expr(Column::Fault, Expr::value(fault))
        .filter(open().add(Column::Id.eq(id)))
        .exec(db)
        .await?;
    Ok(())
}

/// Claims running attempts until `until`, because they take longer than usual.
pub async fn extend_claims(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
    until: Timestamp,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::NextAttemptAt, Expr::value(until.0))
        .filter(open().add(Column::Id.is_in(ids)))
        .exec(db)
        .await?;
    Ok(())
}

/// Returns how the message with this code, or the one in place of it, fares. A decoy fares as the message would.
pub async fn delivery(db: &impl ConnectionTrait, otp_id: Uuid) -> Result<Delivery, StoreError> {
    let fault: Option<Option<MailFault>> = Entity::find()
        .select_only()
        .column(Column::Fault)
        .filter(Column::OtpId.eq(otp_id).or(Column::InPlaceOf.eq(otp_id)))
        .into_tuple()
        .one(db)
        .await?;
    Ok(match fault.flatten() {
        // Refusing the content says nothing about the recipient, and happens to no decoy.
        None | Some(MailFault::Content) => Delivery::Normal,
        Some(MailFault::Recipient) => Delivery::Refused,
        Some(MailFault::Temporary | MailFault::Settings | MailFault::Unconfirmed) => Delivery::Delayed,
    })
}

/// Returns why the mail server refuses the portal's settings, if it does.
pub async fn settings_fault(db: &impl ConnectionTrait) -> Result<Option<String>, StoreError> {
    let query = Entity::find()
        .select_only()
        .column(Column::LastError)
        .filter(waiting().add(Column::Fault.eq(MailFault::Settings)))
        .order_by_asc(Column::NextAttemptAt);
    Ok(query.into_tuple::<Option<String>>().one(db).await?.flatten())
}

fn waiting() -> Condition {
    Condition::all().add(Column::State.eq(MailState::Waiting))
}

/// Selects pending messages and decoys.
fn open() -> Condition {
    Condition::all().add(Column::State.is_in([MailState::Waiting, MailState::Decoy]))
}

fn pending(class: Class) -> Condition {
    match class {
        Class::Codes => waiting().add(Column::OtpId.is_not_null()),
        Class::Decoys => Condition::all().add(Column::State.eq(MailState::Decoy)),
        Class::Messages => waiting(),
    }
}
