//! Checking a code: the attempt is counted and committed first, and only then compared.

use crate::store::Transaction;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{OtpContext, OtpService};
use crate::domain::{FieldErrors, Metric, OtpCode, Timestamp};
use crate::limits::DAY;
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::services::{quota, sliding_window};
use crate::store::{StoreError, hourly_counters, otp_failures, otps};

const TOO_MANY_FROM_HERE: &str = "Too many incorrect codes from your network.";
const TOO_MANY_WRONG: &str = "Too many incorrect codes for this email address.";

/// An attempt that counts as wrong until it is [marked as succeeded](super::OtpService::mark_succeeded).
#[derive(Debug)]
#[must_use]
pub struct OtpAttempt {
    id: Uuid,
    at: Timestamp,
}

impl OtpService {
    /// Counts one attempt against the email and the IP prefix. `tries` is the number of earlier
    /// attempts in the flow; the codes of the flow are updated too, for the OTP log.
    ///
    /// The caller must count the attempt against the flow and commit before comparing the code, so
    /// that neither a crash nor parallel guesses allow more attempts than the limit.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] after too many wrong codes.
    pub async fn record_attempt(
        &self,
        tx: &Transaction,
        context: OtpContext<'_>,
        tries: u32,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<OtpAttempt, ServiceError> {
        let tried = otp_failures::since(tx, context.email_key, now - DAY).await?;
        if let Some(wait) = sliding_window::wait(&tried, self.limits.otp_wrong_per_day, DAY, now) {
            tracing::warn!(event = "verification.limited", purpose = context.purpose.as_str(), flow = %context.flow, ip = %by.ip);
            return Err(ServiceError::Limited { what: TOO_MANY_WRONG, wait });
        }
        let quota = self.limits.wrong_codes_per_ip;
        if let Some(wait) = quota::take(tx, &self.keys, quota::QuotaKind::WrongCodes, quota, by, now).await? {
            return Err(ServiceError::Limited { what: TOO_MANY_FROM_HERE, wait });
        }
        let id = self.rng.id(now);
        otp_failures::insert(tx, id, context.purpose, context.email_key, now).await?;
        otps::count_try(tx, context.flow, tries.saturating_add(1) >= self.limits.otp_tries, now).await?;
        hourly_counters::add(tx, Metric::WrongCode, now).await?;
        Ok(OtpAttempt { id, at: now })
    }

    /// Whether a code is correct. This does not consume the code.
    pub async fn is_correct(
        &self,
        db: &impl ConnectionTrait,
        context: OtpContext<'_>,
        code: &OtpCode,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let digests = self.digester.accepted(context.purpose, context.flow, context.email_key, code);
        otps::is_live(db, context.flow, &digests, now).await
    }

    /// Consumes a code in the transaction of the action it authorizes. Returns `false` if it is
    /// wrong.
    pub async fn consume(
        &self,
        tx: &Transaction,
        context: OtpContext<'_>,
        code: &OtpCode,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let digests = self.digester.accepted(context.purpose, context.flow, context.email_key, code);
        otps::consume(tx, context.flow, &digests, now).await
    }

    /// Reverts the counts of an attempt that turned out to be correct.
    pub async fn mark_succeeded(
        &self,
        tx: &Transaction,
        OtpAttempt { id, at }: OtpAttempt,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        otp_failures::forget(tx, id).await?;
        hourly_counters::decrement(tx, Metric::WrongCode, at).await?;
        let quota = self.limits.wrong_codes_per_ip;
        quota::give_back(tx, &self.keys, quota::QuotaKind::WrongCodes, quota, by).await
    }

    /// Records that an attempt was wrong, which makes captcha challenges harder.
    pub fn record_wrong(&self, context: OtpContext<'_>, by: &RequestContext) {
        tracing::info!(event = "verification.wrong", purpose = context.purpose.as_str(), flow = %context.flow, ip = %by.ip);
        self.captcha.count_failure(by);
    }
}

/// Returns the error for a wrong code. It is the same whatever makes the code wrong.
#[must_use]
pub fn wrong_code(tries: u32, most: u32) -> ServiceError {
    let left = most.saturating_sub(tries);
    let attempts = if left == 1 { "attempt" } else { "attempts" };
    FieldErrors::one("code", format!("That code is incorrect or has expired. {left} {attempts} left.")).into()
}
