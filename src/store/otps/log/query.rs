//! A query of the OTP log, as SQL.

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, Order, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use super::{Filter, WINDOW};
use crate::domain::{OtpDelivery, OtpStatus, Timestamp};
use crate::store::entity::otp::{Column, Entity};
use crate::store::entity::outbox;
use crate::store::otps::SuppressionReason;
use crate::store::outbox::MailState;

/// The longest lifetime of any code.
const MAX_LIFETIME_MS: i64 = 3_600_000;

/// A filter and a position, translated to SQL.
pub(super) struct LogQuery<'a> {
    filter: &'a Filter,
    now: Timestamp,
    order: Order,
    /// Only codes after this one, in the given order.
    from: Option<Uuid>,
    /// The filter whose index drives the query.
    driving: DrivingIndex,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum DrivingIndex {
    Address,
    RequesterIp,
    Delivery,
    Outcome,
    Purpose,
    None,
}

impl<'a> LogQuery<'a> {
    pub(super) fn new(filter: &'a Filter, now: Timestamp, order: Order, from: Option<Uuid>) -> Self {
        // The most selective filter drives the query.
        let candidates = [
            (filter.email_key.is_some(), DrivingIndex::Address),
            (filter.requester_ip.is_some(), DrivingIndex::RequesterIp),
            (filter.delivery.is_some(), DrivingIndex::Delivery),
            (filter.outcome.is_some(), DrivingIndex::Outcome),
            (filter.purpose.is_some(), DrivingIndex::Purpose),
        ];
        let driving =
            candidates.into_iter().find(|(is_set, _)| *is_set).map_or(DrivingIndex::None, |(_, driving)| driving);
        Self { filter, now, order, from, driving }
    }

    /// Returns whether there are conditions besides the driving one.
    fn is_narrower(&self) -> bool {
        self.conditions().len() > 1
    }

    pub(super) fn codes(&self, most: u64) -> Select<Entity> {
        let mut rest = Condition::all();
        for (driving, condition) in self.conditions() {
            if driving != self.driving {
                rest = rest.add(condition);
            }
        }
        let window = if self.is_narrower() { WINDOW } else { most };
        Entity::find()
            .filter(Column::Id.in_subquery(self.via_index(window)))
            .filter(rest)
            .order_by(Column::Id, self.order.clone())
            .limit(most)
    }

    /// Selects the last code of a full window.
    pub(super) fn edge(&self) -> Option<SelectStatement> {
        self.is_narrower().then(|| self.via_index(1).offset(WINDOW - 1).take())
    }

    /// Selects the ids that match the driving filter, in the order of the list.
    fn via_index(&self, most: u64) -> SelectStatement {
        let mut select = Query::select();
        // The delivery status is stored with the message, whose index contains the code's id.
        let id = match self.mail_state().filter(|_| self.driving == DrivingIndex::Delivery) {
            Some(mail) => {
                select.from(outbox::Entity).cond_where(mail);
                Expr::col((outbox::Entity, outbox::Column::OtpId))
            }
            None => {
                select.from(Entity);
                for (_, condition) in self.conditions().into_iter().filter(|(driving, _)| *driving == self.driving) {
                    select.cond_where(condition);
                }
                Expr::col((Entity, Column::Id))
            }
        };
        match (&self.order, self.from) {
            (Order::Asc, Some(from)) => select.and_where(id.clone().gt(from)),
            (_, Some(from)) => select.and_where(id.clone().lt(from)),
            (_, None) => select.and_where(id.clone().is_not_null()),
        };
        select.expr(id.clone()).order_by_expr(id, self.order.clone()).limit(most).to_owned()
    }

    /// Returns a condition for each filter that is set.
    fn conditions(&self) -> Vec<(DrivingIndex, Condition)> {
        let Filter { purpose, email_key, requester_ip, delivery, outcome } = self.filter;
        let one = |condition: Expr| Condition::all().add(condition);
        let mut conditions = Vec::new();
        if let Some(purpose) = purpose {
            conditions.push((DrivingIndex::Purpose, one(Column::Purpose.eq(purpose.as_str()))));
        }
        if let Some(key) = email_key {
            conditions.push((DrivingIndex::Address, one(Column::EmailKey.eq(key.as_str()))));
        }
        if let Some(ip) = requester_ip {
            conditions.push((DrivingIndex::RequesterIp, one(Column::RequesterIp.eq(ip.as_str()))));
        }
        if let Some(outcome) = outcome {
            conditions.push((DrivingIndex::Outcome, self.has_status(*outcome)));
        }
        if let Some(delivery) = delivery {
            conditions.push((DrivingIndex::Delivery, self.has_delivery(*delivery)));
        }
        conditions
    }

    /// Selects codes by outcome, like [`status_of`](super::status_of). Each condition must match
    /// the condition of its partial index exactly.
    fn has_status(&self, outcome: OtpStatus) -> Condition {
        let left = || {
            Condition::all()
                .add(Column::ConsumedAt.is_null())
                .add(Column::ExhaustedAt.is_null())
                .add(Column::VoidedAt.is_null().or(Expr::col(Column::VoidedAt).gte(Expr::col(Column::ExpiresAt))))
        };
        match outcome {
            OtpStatus::Used => Condition::all().add(Column::ConsumedAt.is_not_null()),
            OtpStatus::TriesUsed => Condition::all().add(Column::ExhaustedAt.is_not_null()),
            OtpStatus::Voided => Condition::all()
                .add(Column::ExhaustedAt.is_null())
                .add(Expr::col(Column::VoidedAt).lt(Expr::col(Column::ExpiresAt))),
            OtpStatus::Expired => left().add(Column::ExpiresAt.lte(self.now.0)),
            // Waiting codes are among the newest. Without the lower bound, all expired codes would
            // be scanned.
            OtpStatus::Waiting => left()
                .add(Column::ExpiresAt.gt(self.now.0))
                .add(Column::VoidedAt.is_null())
                .add(Column::Id.gte(first_id_at(Timestamp(self.now.0 - MAX_LIFETIME_MS)))),
        }
    }

    fn has_delivery(&self, delivery: OtpDelivery) -> Condition {
        let withheld =
            |why: SuppressionReason| Condition::all().add(Column::Withheld.is_not_null()).add(Column::Withheld.eq(why));
        match delivery {
            OtpDelivery::AddressTaken => withheld(SuppressionReason::AddressTaken),
            OtpDelivery::NoAccount => withheld(SuppressionReason::NoAccount),
            _ => {
                let mail = Query::select()
                    .expr(Expr::value(1))
                    .from(outbox::Entity)
                    .and_where(Expr::col((outbox::Entity, outbox::Column::OtpId)).eq(Expr::col((Entity, Column::Id))))
                    .cond_where(self.mail_state().unwrap_or_else(Condition::all))
                    .take();
                Condition::all().add(Expr::exists(mail))
            }
        }
    }

    /// Returns the required state of the message, if the delivery filter is about messages.
    fn mail_state(&self) -> Option<Condition> {
        use outbox::Column::{LastError, State};
        let (state, tried) = match self.filter.delivery? {
            OtpDelivery::Waiting => (MailState::Waiting, Some(false)),
            OtpDelivery::Failing => (MailState::Waiting, Some(true)),
            OtpDelivery::Sent => (MailState::Sent, None),
            OtpDelivery::GivenUp => (MailState::Failed, None),
            OtpDelivery::Expired => (MailState::Expired, None),
            OtpDelivery::Dropped => (MailState::Dropped, None),
            OtpDelivery::AddressTaken | OtpDelivery::NoAccount | OtpDelivery::Unknown => return None,
        };
        let state = Condition::all().add(State.eq(state));
        Some(match tried {
            None => state,
            Some(false) => state.add(LastError.is_null()),
            Some(true) => state.add(LastError.is_not_null()),
        })
    }
}

/// Returns the lowest id that a code issued at this time can have (RFC 9562, section 5.7).
fn first_id_at(moment: Timestamp) -> Uuid {
    let millis = u64::try_from(moment.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}
