//! The OTP log for administrators, newest first, ordered by id. Ids begin with a timestamp.
//!
//! One filter, the driving one, uses an index in that order. All other filters are applied to the
//! newest [`WINDOW`] codes that it selects, so that no query scans the whole log.

#[cfg(test)]
mod plans;
mod query;

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, Order, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::SuppressionReason;
use crate::crypto::OtpPurpose;
use crate::domain::{OtpDelivery, OtpStatus, Timestamp};
use crate::store::entity::otp::Model;
use crate::store::entity::outbox;
use crate::store::outbox::MailState;
use crate::store::{Cursor, StoreError};
use query::LogQuery;

/// The number of codes that a query with more than one filter examines.
pub const WINDOW: u64 = 10_000;

/// Search criteria. `None` matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub purpose: Option<OtpPurpose>,
    pub email_key: Option<String>,
    pub requester_ip: Option<String>,
    pub delivery: Option<OtpDelivery>,
    pub outcome: Option<OtpStatus>,
}

/// A code and its status. The code itself is not included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedOtp {
    pub id: Uuid,
    /// The value stored in the database.
    pub purpose: String,
    pub email_key: String,
    pub requester_ip: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// Attempts while the code was valid, including the right one.
    pub attempts: i32,
    pub outcome: OtpStatus,
    pub delivery: OtpDelivery,
}

/// The result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matches {
    /// Newest first.
    pub rows: Vec<LoggedOtp>,
    /// Whether more codes exist than the query examined.
    pub cut: bool,
}

/// Returns up to `most` codes at `cursor`, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    cursor: Cursor<Uuid>,
    most: u64,
    now: Timestamp,
) -> Result<Matches, StoreError> {
    let (order, from) = match cursor {
        Cursor::First => (Order::Desc, None),
        Cursor::Before(id) => (Order::Desc, Some(id)),
        Cursor::After(id) => (Order::Asc, Some(id)),
    };
    let Matches { rows, cut } = find(db, &LogQuery::new(filter, now, order, from), most, now).await?;
    Ok(Matches { rows: cursor.newest_first(rows), cut })
}

async fn find(
    db: &impl ConnectionTrait,
    query: &LogQuery<'_>,
    most: u64,
    now: Timestamp,
) -> Result<Matches, StoreError> {
    let rows = query.codes(most).all(db).await?;
    let full = u64::try_from(rows.len()).unwrap_or(u64::MAX) >= most;
    let cut = match query.edge() {
        Some(edge) if !full => db.query_one(&edge).await?.is_some(),
        _ => false,
    };
    let mut messages = message_states(db, rows.iter().map(|row| row.id).collect()).await?;
    let read = |row: Model| {
        let message = messages.remove(&row.id);
        read(row, message, now)
    };
    Ok(Matches { rows: rows.into_iter().map(read).collect(), cut })
}

/// Returns for each code the state of its message, and whether an attempt to send it failed.
async fn message_states(
    db: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, (MailState, bool)>, StoreError> {
    let found: Vec<(Uuid, MailState, Option<String>)> = outbox::Entity::find()
        .select_only()
        .columns([outbox::Column::OtpId, outbox::Column::State, outbox::Column::LastError])
        .filter(outbox::Column::OtpId.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().map(|(id, state, error)| (id, (state, error.is_some()))).collect())
}

fn read(row: Model, message: Option<(MailState, bool)>, now: Timestamp) -> LoggedOtp {
    LoggedOtp {
        id: row.id,
        outcome: status_of(&row, now),
        delivery: delivery_of(row.withheld, message),
        purpose: row.purpose,
        email_key: row.email_key,
        requester_ip: row.requester_ip,
        issued_at: Timestamp(row.issued_at),
        expires_at: Timestamp(row.expires_at),
        attempts: row.attempts,
    }
}

fn status_of(row: &Model, now: Timestamp) -> OtpStatus {
    if row.consumed_at.is_some() {
        OtpStatus::Used
    } else if row.exhausted_at.is_some() {
        OtpStatus::TriesUsed
    } else if row.voided_at.is_some_and(|voided| voided < row.expires_at) {
        OtpStatus::Voided
    } else if row.expires_at > now.0 && row.voided_at.is_none() {
        OtpStatus::Waiting
    } else {
        OtpStatus::Expired
    }
}

fn delivery_of(withheld: Option<SuppressionReason>, message: Option<(MailState, bool)>) -> OtpDelivery {
    if let Some(reason) = withheld {
        return match reason {
            SuppressionReason::AddressTaken => OtpDelivery::AddressTaken,
            SuppressionReason::NoAccount => OtpDelivery::NoAccount,
        };
    }
    let Some((state, failed)) = message else { return OtpDelivery::Unknown };
    match state {
        MailState::Waiting if failed => OtpDelivery::Failing,
        MailState::Waiting => OtpDelivery::Waiting,
        MailState::Sent => OtpDelivery::Sent,
        MailState::Failed => OtpDelivery::GivenUp,
        MailState::Expired => OtpDelivery::Expired,
        MailState::Dropped => OtpDelivery::Dropped,
        // Only codes that are withheld have one.
        MailState::Decoy | MailState::Suppressed => OtpDelivery::Unknown,
    }
}
