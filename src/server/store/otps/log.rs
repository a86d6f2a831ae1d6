//! The log of codes, as administrators read it: the newest first, in the order
//! of the ids, which begin with the time.
//!
//! One filter leads: it has an index in that order. What else is asked for is
//! looked for among the newest [`WINDOW`] codes that the leader gives, so that
//! no question reads the whole log.

#[cfg(test)]
mod plans;
mod question;

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, Order, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::Withheld;
use crate::domain::{OtpDelivery, OtpOutcome, Timestamp};
use crate::server::crypto::OtpPurpose;
use crate::server::store::StoreError;
use crate::server::store::entity::otp::Model;
use crate::server::store::entity::outbox;
use crate::server::store::outbox::MailState;
use question::Question;

/// Codes that are looked through for a question with more than one filter.
pub const WINDOW: u64 = 10_000;

/// What codes are looked for; nothing for any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub purpose: Option<OtpPurpose>,
    pub email_key: Option<String>,
    pub requester_ip: Option<String>,
    pub delivery: Option<OtpDelivery>,
    pub outcome: Option<OtpOutcome>,
}

/// A code and what became of it. Nothing tells which code it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedOtp {
    pub id: Uuid,
    /// The word in the database.
    pub purpose: String,
    pub email_key: String,
    pub requester_ip: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// Tries while it was live, the right one included.
    pub attempts: i32,
    pub outcome: OtpOutcome,
    pub delivery: OtpDelivery,
}

/// Codes that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matches {
    /// The newest first.
    pub rows: Vec<LoggedOtp>,
    /// There are more codes than were looked through.
    pub cut: bool,
}

/// The newest `most` codes, before the code `before` if given.
///
/// # Errors
/// Only faults.
pub async fn newest_logged(
    db: &impl ConnectionTrait,
    filter: &Filter,
    before: Option<Uuid>,
    most: u64,
    now: Timestamp,
) -> Result<Matches, StoreError> {
    find(db, &Question::new(filter, now, Order::Desc, before), most, now).await
}

/// The `most` codes that came next after the code `after`; the newest first.
///
/// # Errors
/// Only faults.
pub async fn next_logged(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Uuid,
    most: u64,
    now: Timestamp,
) -> Result<Matches, StoreError> {
    let mut matches = find(db, &Question::new(filter, now, Order::Asc, Some(after)), most, now).await?;
    matches.rows.reverse();
    Ok(matches)
}

async fn find(
    db: &impl ConnectionTrait,
    question: &Question<'_>,
    most: u64,
    now: Timestamp,
) -> Result<Matches, StoreError> {
    let rows = question.codes(most).all(db).await?;
    let full = u64::try_from(rows.len()).unwrap_or(u64::MAX) >= most;
    let cut = match question.edge() {
        Some(edge) if !full => db.query_one(&edge).await?.is_some(),
        _ => false,
    };
    let mut fates = fates(db, rows.iter().map(|row| row.id).collect()).await?;
    let read = |row: Model| {
        let fate = fates.remove(&row.id);
        read(row, fate, now)
    };
    Ok(Matches { rows: rows.into_iter().map(read).collect::<Result<_, _>>()?, cut })
}

/// What became of the mails with these codes: the state, and whether an attempt failed.
async fn fates(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<HashMap<Uuid, (String, bool)>, StoreError> {
    let found: Vec<(Uuid, String, Option<String>)> = outbox::Entity::find()
        .select_only()
        .columns([outbox::Column::OtpId, outbox::Column::State, outbox::Column::LastError])
        .filter(outbox::Column::OtpId.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().map(|(id, state, error)| (id, (state, error.is_some()))).collect())
}

fn read(row: Model, fate: Option<(String, bool)>, now: Timestamp) -> Result<LoggedOtp, StoreError> {
    Ok(LoggedOtp {
        id: row.id,
        outcome: outcome_of(&row, now),
        delivery: delivery_of(row.withheld.as_deref(), fate)?,
        purpose: row.purpose,
        email_key: row.email_key,
        requester_ip: row.requester_ip,
        issued_at: Timestamp(row.issued_at),
        expires_at: Timestamp(row.expires_at),
        attempts: row.attempts,
    })
}

fn outcome_of(row: &Model, now: Timestamp) -> OtpOutcome {
    if row.consumed_at.is_some() {
        OtpOutcome::Used
    } else if row.exhausted_at.is_some() {
        OtpOutcome::TriesUsed
    } else if row.voided_at.is_some_and(|voided| voided < row.expires_at) {
        OtpOutcome::Voided
    } else if row.expires_at > now.0 && row.voided_at.is_none() {
        OtpOutcome::Waiting
    } else {
        OtpOutcome::Expired
    }
}

fn delivery_of(withheld: Option<&str>, fate: Option<(String, bool)>) -> Result<OtpDelivery, StoreError> {
    if let Some(why) = withheld {
        return Ok(match Withheld::from_stored(why)? {
            Withheld::AddressTaken => OtpDelivery::AddressTaken,
            Withheld::NoAccount => OtpDelivery::NoAccount,
        });
    }
    let Some((state, failed)) = fate else { return Ok(OtpDelivery::Unknown) };
    Ok(match MailState::from_stored(&state)? {
        MailState::Waiting if failed => OtpDelivery::Failing,
        MailState::Waiting => OtpDelivery::Waiting,
        MailState::Sent => OtpDelivery::Sent,
        MailState::Dead => OtpDelivery::GivenUp,
        MailState::Expired => OtpDelivery::Expired,
        MailState::Dropped => OtpDelivery::Dropped,
    })
}
