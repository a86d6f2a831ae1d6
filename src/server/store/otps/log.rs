//! The log of codes, as administrators read it: the newest first, in the order
//! of the ids, which begin with the time.
//!
//! One filter leads: it has an index in that order. What else is asked for is
//! looked for among the newest [`WINDOW`] codes that the leader gives, so that
//! no question reads the whole log.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, Order, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};
use uuid::Uuid;

#[cfg(test)]
mod plans;

use super::Withheld;
use crate::domain::{OtpDelivery, OtpOutcome, Timestamp};
use crate::server::crypto::OtpPurpose;
use crate::server::store::StoreError;
use crate::server::store::entity::otp::{Column, Entity, Model};
use crate::server::store::entity::outbox;
use crate::server::store::outbox::MailState;

/// Codes that are looked through for a question with more than one filter.
pub const WINDOW: u64 = 10_000;
/// No code counts for longer.
const LONGEST_LIFE_MS: i64 = 3_600_000;

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

/// A filter as SQL asks for it.
struct Question<'a> {
    filter: &'a Filter,
    now: Timestamp,
    order: Order,
    /// Only what comes behind this code, in that order.
    from: Option<Uuid>,
    /// The filter that leads.
    leader: Leader,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Leader {
    Address,
    Requester,
    Delivery,
    Outcome,
    Purpose,
    None,
}

impl<'a> Question<'a> {
    fn new(filter: &'a Filter, now: Timestamp, order: Order, from: Option<Uuid>) -> Self {
        // The one that leaves the fewest goes first.
        let leaders = [
            (filter.email_key.is_some(), Leader::Address),
            (filter.requester_ip.is_some(), Leader::Requester),
            (filter.delivery.is_some(), Leader::Delivery),
            (filter.outcome.is_some(), Leader::Outcome),
            (filter.purpose.is_some(), Leader::Purpose),
        ];
        let leader = leaders.into_iter().find(|(asked, _)| *asked).map_or(Leader::None, |(_, leader)| leader);
        Self { filter, now, order, from, leader }
    }

    /// Whether more is asked for than the leader gives.
    fn is_narrower(&self) -> bool {
        let Filter { purpose, email_key, requester_ip, delivery, outcome } = self.filter;
        let asked =
            [purpose.is_some(), email_key.is_some(), requester_ip.is_some(), delivery.is_some(), outcome.is_some()];
        asked.into_iter().filter(|asked| *asked).count() > 1
    }

    fn codes(&self, most: u64) -> Select<Entity> {
        let mut rest = Condition::all();
        for (leader, condition) in self.conditions() {
            if leader != self.leader {
                rest = rest.add(condition);
            }
        }
        let window = if self.is_narrower() { WINDOW } else { most };
        Entity::find()
            .filter(Column::Id.in_subquery(self.led(window)))
            .filter(rest)
            .order_by(Column::Id, self.order.clone())
            .limit(most)
    }

    /// The last code of a window that is full.
    fn edge(&self) -> Option<SelectStatement> {
        self.is_narrower().then(|| self.led(1).offset(WINDOW - 1).to_owned())
    }

    /// The ids that the leader gives, in the order of the list.
    fn led(&self, most: u64) -> SelectStatement {
        let mut led = Query::select();
        let of_mail = (self.leader == Leader::Delivery).then(|| self.mail_state()).flatten();
        let id = match of_mail {
            Some(mail) => {
                led.from(outbox::Entity).cond_where(mail);
                Expr::col((outbox::Entity, outbox::Column::OtpId))
            }
            None => {
                led.from(Entity);
                Expr::col((Entity, Column::Id))
            }
        };
        if self.leader != Leader::Delivery || self.mail_state().is_none() {
            for (_, condition) in self.conditions().into_iter().filter(|(leader, _)| *leader == self.leader) {
                led.cond_where(condition);
            }
        }
        match (&self.order, self.from) {
            (Order::Asc, Some(from)) => led.and_where(id.clone().gt(from)),
            (_, Some(from)) => led.and_where(id.clone().lt(from)),
            (_, None) => led.and_where(id.clone().is_not_null()),
        };
        led.expr(id.clone()).order_by_expr(id, self.order.clone()).limit(most).to_owned()
    }

    /// Each filter that is set, as a condition on a code.
    fn conditions(&self) -> Vec<(Leader, Condition)> {
        let Filter { purpose, email_key, requester_ip, delivery, outcome } = self.filter;
        let one = |condition: Expr| Condition::all().add(condition);
        let mut conditions = Vec::new();
        if let Some(purpose) = purpose {
            conditions.push((Leader::Purpose, one(Column::Purpose.eq(purpose.as_str()))));
        }
        if let Some(key) = email_key {
            conditions.push((Leader::Address, one(Column::EmailKey.eq(key.as_str()))));
        }
        if let Some(ip) = requester_ip {
            conditions.push((Leader::Requester, one(Column::RequesterIp.eq(ip.as_str()))));
        }
        if let Some(outcome) = outcome {
            conditions.push((Leader::Outcome, self.came_to(*outcome)));
        }
        if let Some(delivery) = delivery {
            conditions.push((Leader::Delivery, self.delivered(*delivery)));
        }
        conditions
    }

    /// As [`outcome_of`] reads a row. Each is, to the letter, what an index of
    /// its own was made for.
    fn came_to(&self, outcome: OtpOutcome) -> Condition {
        let left = || {
            Condition::all()
                .add(Column::ConsumedAt.is_null())
                .add(Column::ExhaustedAt.is_null())
                .add(Column::VoidedAt.is_null().or(Expr::col(Column::VoidedAt).gte(Expr::col(Column::ExpiresAt))))
        };
        match outcome {
            OtpOutcome::Used => Condition::all().add(Column::ConsumedAt.is_not_null()),
            OtpOutcome::TriesUsed => Condition::all().add(Column::ExhaustedAt.is_not_null()),
            OtpOutcome::Voided => Condition::all()
                .add(Column::ExhaustedAt.is_null())
                .add(Expr::col(Column::VoidedAt).lt(Expr::col(Column::ExpiresAt))),
            OtpOutcome::Expired => left().add(Column::ExpiresAt.lte(self.now.0)),
            // Those that wait are among the newest: without the bound, all that expired would be passed by.
            OtpOutcome::Waiting => left()
                .add(Column::ExpiresAt.gt(self.now.0))
                .add(Column::VoidedAt.is_null())
                .add(Column::Id.gte(first_id_at(Timestamp(self.now.0 - LONGEST_LIFE_MS)))),
        }
    }

    fn delivered(&self, delivery: OtpDelivery) -> Condition {
        let withheld =
            |why: Withheld| Condition::all().add(Column::Withheld.is_not_null()).add(Column::Withheld.eq(why.as_str()));
        match delivery {
            OtpDelivery::AddressTaken => withheld(Withheld::AddressTaken),
            OtpDelivery::NoAccount => withheld(Withheld::NoAccount),
            _ => {
                let mut mail = Query::select();
                mail.expr(Expr::value(1))
                    .from(outbox::Entity)
                    .and_where(Expr::col((outbox::Entity, outbox::Column::OtpId)).eq(Expr::col((Entity, Column::Id))))
                    .cond_where(self.mail_state().unwrap_or_else(Condition::all));
                Condition::all().add(Expr::exists(mail.to_owned()))
            }
        }
    }

    /// What the mail with a code has to be, where the delivery asked for is one's.
    fn mail_state(&self) -> Option<Condition> {
        use outbox::Column::{LastError, State};
        let (state, tried) = match self.filter.delivery? {
            OtpDelivery::Waiting => (MailState::Waiting, Some(false)),
            OtpDelivery::Failing => (MailState::Waiting, Some(true)),
            OtpDelivery::Sent => (MailState::Sent, None),
            OtpDelivery::GivenUp => (MailState::Dead, None),
            OtpDelivery::Expired => (MailState::Expired, None),
            OtpDelivery::Dropped => (MailState::Dropped, None),
            OtpDelivery::AddressTaken | OtpDelivery::NoAccount | OtpDelivery::Unknown => return None,
        };
        let state = Condition::all().add(State.eq(state.as_str()));
        Some(match tried {
            None => state,
            Some(false) => state.add(LastError.is_null()),
            Some(true) => state.add(LastError.is_not_null()),
        })
    }
}

/// The least id that a code issued at this moment can have (RFC 9562, section 5.7).
fn first_id_at(moment: Timestamp) -> Uuid {
    let millis = u64::try_from(moment.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
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
