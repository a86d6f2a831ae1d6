//! Codes that were issued. What administrators see of them is in `log`.

mod log;

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};
use uuid::Uuid;

use super::StoreError;
use super::entity::otp;
use crate::domain::Timestamp;
use crate::server::crypto::{OtpDigest, OtpPurpose};

pub use log::{Filter, LoggedOtp, Matches, WINDOW, newest_logged, next_logged};

/// A code to be written down.
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
    /// Why nobody gets it, if nobody does.
    pub withheld: Option<Withheld>,
}

/// Why no code was mailed. Whoever asked for it does not learn that none was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// The address is somebody's already.
    AddressTaken,
    /// No account that can be recovered has the address.
    NoAccount,
}

impl Withheld {
    /// The word kept in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddressTaken => "address_taken",
            Self::NoAccount => "no_account",
        }
    }

    fn from_stored(word: &str) -> Result<Self, StoreError> {
        let known = [Self::AddressTaken, Self::NoAccount].into_iter().find(|why| why.as_str() == word);
        known.ok_or(StoreError::Corrupt("otp.withheld"))
    }
}

/// When a code was issued and until when it counts.
#[derive(Clone, Copy, Debug)]
pub struct Issued {
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Writes a new code.
///
/// # Errors
/// Only faults.
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
        withheld: Set(new.withheld.map(|why| why.as_str().to_owned())),
    };
    row.insert(db).await?;
    Ok(())
}

/// The newest code of a flow that another address has not replaced.
///
/// # Errors
/// Only faults.
pub async fn newest(db: &impl ConnectionTrait, flow_id: Uuid) -> Result<Option<Issued>, StoreError> {
    let found: Option<(i64, i64)> = otp::Entity::find()
        .select_only()
        .columns([otp::Column::IssuedAt, otp::Column::ExpiresAt])
        .filter(otp::Column::FlowId.eq(flow_id))
        .filter(otp::Column::VoidedAt.is_null())
        .order_by_desc(otp::Column::IssuedAt)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.map(|(issued, expires)| Issued { issued_at: Timestamp(issued), expires_at: Timestamp(expires) }))
}

/// Whether a live code of this flow has one of these digests. It stays as it is: see [`consume`].
///
/// # Errors
/// Only faults.
pub async fn is_live(
    db: &impl ConnectionTrait,
    flow_id: Uuid,
    digests: &[OtpDigest],
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(otp::Entity::find().filter(live(flow_id, digests, now)).count(db).await? > 0)
}

/// Consumes a live code of this flow with one of the digests that are
/// [accepted](crate::server::crypto::OtpDigester::accepted) for it: the one
/// conditional update that makes a code single-use. The others of the flow then
/// have nothing left to be for. `false` when there is none.
///
/// # Errors
/// Only faults.
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

/// Counts a try against the codes of a flow that count now, before it is
/// compared; after the `last` one they count no more.
///
/// # Errors
/// Only faults.
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

/// Takes back a try that was right and is not used.
///
/// # Errors
/// Only faults.
pub async fn give_try_back(db: &impl ConnectionTrait, flow_id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    otp::Entity::update_many()
        .col_expr(otp::Column::Attempts, Expr::col(otp::Column::Attempts).sub(1))
        .col_expr(otp::Column::ExhaustedAt, Expr::value(None::<i64>))
        .filter(open(flow_id, now).add(otp::Column::Attempts.gt(0)))
        .exec(db)
        .await?;
    Ok(())
}

/// Voids the live codes of a flow except the newest `keep`.
///
/// # Errors
/// Only faults.
pub async fn void_older(db: &impl ConnectionTrait, flow_id: Uuid, keep: u64, now: Timestamp) -> Result<(), StoreError> {
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

/// Voids every live code for an address, whatever it is for.
///
/// # Errors
/// Only faults.
pub async fn void_address(db: &impl ConnectionTrait, email_key: &str, now: Timestamp) -> Result<(), StoreError> {
    otp::Entity::update_many()
        .col_expr(otp::Column::VoidedAt, Expr::value(now.0))
        .filter(otp::Column::EmailKey.eq(email_key))
        .filter(otp::Column::VoidedAt.is_null())
        .filter(otp::Column::ConsumedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// When the codes for an address since `since` were issued, oldest first.
///
/// # Errors
/// Only faults.
pub async fn issued_since(
    db: &impl ConnectionTrait,
    email_key: &str,
    since: Timestamp,
) -> Result<Vec<Timestamp>, StoreError> {
    let moments: Vec<i64> = otp::Entity::find()
        .select_only()
        .column(otp::Column::IssuedAt)
        .filter(otp::Column::EmailKey.eq(email_key))
        .filter(otp::Column::IssuedAt.gt(since.0))
        .order_by_asc(otp::Column::IssuedAt)
        .into_tuple()
        .all(db)
        .await?;
    Ok(moments.into_iter().map(Timestamp).collect())
}

/// Deletes up to `most` codes issued before `before`; tells how many.
///
/// # Errors
/// Only faults.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    let ids: Vec<Uuid> = otp::Entity::find()
        .select_only()
        .column(otp::Column::Id)
        .filter(otp::Column::IssuedAt.lt(before.0))
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(otp::Entity::delete_many().filter(otp::Column::Id.is_in(ids)).exec(db).await?.rows_affected)
}

/// The codes of this flow with this digest that count now.
fn live(flow_id: Uuid, digests: &[OtpDigest], now: Timestamp) -> Condition {
    open(flow_id, now).add(otp::Column::Digest.is_in(digests.iter().map(OtpDigest::as_bytes)))
}

/// The codes of this flow that count now, as long as the flow has tries left.
fn open(flow_id: Uuid, now: Timestamp) -> Condition {
    Condition::all()
        .add(otp::Column::FlowId.eq(flow_id))
        .add(otp::Column::ConsumedAt.is_null())
        .add(otp::Column::VoidedAt.is_null())
        .add(otp::Column::ExpiresAt.gt(now.0))
        // A clock that was set back must not revive a code.
        .add(otp::Column::IssuedAt.lte(now.0))
}
