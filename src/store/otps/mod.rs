//! Issued codes. The log for administrators is in `log`.

mod log;

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DerivePartialModel, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};
use uuid::Uuid;

use super::entity::otp;
use super::{StoreError, batch};
use crate::crypto::{OtpDigest, OtpPurpose};
use crate::domain::Timestamp;
use crate::domain::words::words;

pub use log::{Filter, LoggedOtp, Matches, WINDOW, list};

/// A new code.
#[derive(Clone, Debug)]
pub struct NewOtp {
    pub id: Uuid,
    pub purpose: OtpPurpose,
    pub flow_id: Uuid,
    pub email_key: String,
    pub digest: OtpDigest,
    pub requester_ip: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// Why the code is not sent, if it is not.
    pub withheld: Option<SuppressionReason>,
    /// Whether it is a long code instead of six digits.
    pub is_long: bool,
    /// Whether it was requested by a known device of the account.
    pub known_device: bool,
}

words! {
    /// Why no code was sent. The response does not reveal it to the requester.
    pub enum SuppressionReason {
        /// The email already belongs to an account.
        AddressTaken = "address_taken",
        /// No account that can be recovered has this email.
        NoAccount = "no_account",
    }
}

/// When a code was issued and when it expires.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "otp::Entity")]
pub struct Issued {
    pub id: Uuid,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// Whether it is a long code instead of six digits.
    pub is_long: bool,
}

/// Who requested a code, and when it was issued.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "otp::Entity")]
pub struct Requested {
    pub issued_at: Timestamp,
    pub requester_ip: String,
    /// Whether it was requested by a known device of the account.
    pub known_device: bool,
}

/// Inserts a new code.
pub async fn insert(db: &impl ConnectionTrait, new: NewOtp) -> Result<(), StoreError> {
    let row = otp::ActiveModel {
        id: Set(new.id),
        purpose: Set(new.purpose.as_str().to_owned()),
        flow_id: Set(new.flow_id),
        email_key: Set(new.email_key),
        digest: Set(new.digest.as_bytes().to_vec()),
        requester_ip: Set(new.requester_ip),
        issued_at: Set(new.issued_at.0),
        expires_at: Set(new.expires_at.0),
        consumed_at: Set(None),
        voided_at: Set(None),
        attempts: Set(0),
        exhausted_at: Set(None),
        withheld: Set(new.withheld),
        is_long: Set(new.is_long),
        known_device: Set(new.known_device),
    };
    row.insert(db).await?;
    Ok(())
}

/// Returns the newest code of a flow that has not been invalidated.
pub async fn newest(db: &impl ConnectionTrait, flow_id: Uuid) -> Result<Option<Issued>, StoreError> {
    let newest = otp::Entity::find()
        .filter(otp::Column::FlowId.eq(flow_id))
        .filter(otp::Column::VoidedAt.is_null())
        .order_by_desc(otp::Column::IssuedAt);
    Ok(newest.into_partial_model().one(db).await?)
}

/// Returns whether a valid code of this flow has one of these digests. Does not consume it: see
/// [`consume`].
pub async fn is_live(
    db: &impl ConnectionTrait,
    flow_id: Uuid,
    digests: &[OtpDigest],
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(otp::Entity::find().filter(live(flow_id, digests, now)).count(db).await? > 0)
}

/// Consumes a valid code of this flow that has one of the
/// [accepted](crate::crypto::OtpDigester::accepted) digests, and invalidates the flow's
/// other codes. A single conditional update ensures that a code can be used only once. Returns
/// `false` if no valid code matches.
pub async fn consume(
    db: &impl ConnectionTrait,
    flow_id: Uuid,
    digests: &[OtpDigest],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let consumed = otp::Entity::update_many()
        .col_expr(otp::Column::ConsumedAt, Expr::value(now.0))
        .col_expr(otp::Column::ExhaustedAt, Expr::value(None::<i64>))
        .filter(live(flow_id, digests, now))
        .exec(db)
        .await?;
    if consumed.rows_affected == 0 {
        return Ok(false);
    }
    otp::Entity::update_many()
        .col_expr(otp::Column::VoidedAt, Expr::value(now.0))
        .col_expr(otp::Column::ExhaustedAt, Expr::value(None::<i64>))
        .filter(otp::Column::FlowId.eq(flow_id))
        .filter(otp::Column::ConsumedAt.is_null())
        .filter(otp::Column::VoidedAt.is_null())
        .exec(db)
        .await?;
    Ok(true)
}

/// Counts an attempt against the valid codes of a flow, before it is compared. After the `last`
/// attempt they are marked as exhausted.
pub async fn count_try(db: &impl ConnectionTrait, flow_id: Uuid, last: bool, now: Timestamp) -> Result<(), StoreError> {
    let mut counted = otp::Entity::update_many()
        .col_expr(otp::Column::Attempts, Expr::col(otp::Column::Attempts).add(1))
        .filter(open(flow_id, now));
    if last {
        counted = counted.col_expr(otp::Column::ExhaustedAt, Expr::value(now.0));
    }
    counted.exec(db).await?;
    Ok(())
}

/// Reverts [`count_try`] for an attempt that was right but did not consume the code.
pub async fn uncount_try(db: &impl ConnectionTrait, flow_id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    otp::Entity::update_many()
        .col_expr(otp::Column::Attempts, Expr::col(otp::Column::Attempts).sub(1))
        .col_expr(otp::Column::ExhaustedAt, Expr::value(None::<i64>))
        .filter(open(flow_id, now).add(otp::Column::Attempts.gt(0)))
        .exec(db)
        .await?;
    Ok(())
}

/// Invalidates the valid codes of a flow except the newest `keep`.
pub async fn invalidate_previous(
    db: &impl ConnectionTrait,
    flow_id: Uuid,
    keep: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let live: Vec<Uuid> = otp::Entity::find()
        .select_only()
        .column(otp::Column::Id)
        .filter(otp::Column::FlowId.eq(flow_id))
        .filter(otp::Column::VoidedAt.is_null())
        .filter(otp::Column::ConsumedAt.is_null())
        .order_by_desc(otp::Column::IssuedAt)
        .order_by_desc(otp::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let older: Vec<Uuid> = live.into_iter().skip(usize::try_from(keep).unwrap_or(usize::MAX)).collect();
    if older.is_empty() {
        return Ok(());
    }
    otp::Entity::update_many()
        .col_expr(otp::Column::VoidedAt, Expr::value(now.0))
        .filter(otp::Column::Id.is_in(older))
        .exec(db)
        .await?;
    Ok(())
}

/// Invalidates all valid codes for an email, for every purpose.
pub async fn invalidate_for_email(
    db: &impl ConnectionTrait,
    email_key: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    otp::Entity::update_many()
        .col_expr(otp::Column::VoidedAt, Expr::value(now.0))
        .filter(otp::Column::EmailKey.eq(email_key))
        .filter(otp::Column::VoidedAt.is_null())
        .filter(otp::Column::ConsumedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Returns the codes that were issued for an email after `since`, oldest first.
pub async fn requested_since(
    db: &impl ConnectionTrait,
    email_key: &str,
    since: Timestamp,
) -> Result<Vec<Requested>, StoreError> {
    let requested = otp::Entity::find()
        .filter(otp::Column::EmailKey.eq(email_key))
        .filter(otp::Column::IssuedAt.gt(since.0))
        .order_by_asc(otp::Column::IssuedAt);
    Ok(requested.into_partial_model().all(db).await?)
}

/// Deletes up to `most` codes issued before `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<otp::Entity>(db, otp::Column::IssuedAt.lt(before.0), most).await
}

/// Selects the valid codes of a flow with one of these digests.
fn live(flow_id: Uuid, digests: &[OtpDigest], now: Timestamp) -> Condition {
    open(flow_id, now).add(otp::Column::Digest.is_in(digests.iter().map(OtpDigest::as_bytes)))
}

/// Selects the valid codes of a flow. The caller checks that it has attempts left.
fn open(flow_id: Uuid, now: Timestamp) -> Condition {
    Condition::all()
        .add(otp::Column::FlowId.eq(flow_id))
        .add(otp::Column::ConsumedAt.is_null())
        .add(otp::Column::VoidedAt.is_null())
        .add(otp::Column::ExpiresAt.gt(now.0))
        // If the clock was set back, a code must not become valid again.
        .add(otp::Column::IssuedAt.lte(now.0))
}
