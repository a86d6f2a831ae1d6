//! Checking codes. Each attempt is counted and committed before its code is compared.

use uuid::Uuid;

use super::{EmailVerifier, FlowEnded};
use crate::crypto::{OtpDigest, OtpPurpose};
use crate::domain::{FieldErrors, Metric, OtpCode, Timestamp};
use crate::limits::DAY;
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::services::{quota, sliding_window};
use crate::store::email_verifications::{self, EmailVerification};
use crate::store::{StoreError, Transaction, hourly_counters, otp_failures, otps};

const TOO_MANY_FROM_HERE: &str = "Too many incorrect codes from your network.";
const TOO_MANY_WRONG: &str = "Too many incorrect codes for this email address.";

/// An attempt that counts as wrong until its code is [consumed](EmailVerifier::consume).
#[derive(Debug)]
#[must_use]
pub struct OtpAttempt {
    pub verification: EmailVerification,
    id: Uuid,
    at: Timestamp,
}

impl EmailVerifier<'_> {
    /// Checks and consumes a code. Returns the verification, and the transaction for the action
    /// that the code authorizes.
    ///
    /// # Errors
    /// The same error next to `code` for every wrong code, [`ServiceError::Limited`] if
    /// there were too many wrong codes for the email or from the IP prefix, or
    /// [`ServiceError::Redirect`] if the verification has ended.
    pub async fn verify(
        &self,
        purpose: OtpPurpose,
        code: &str,
        by: &RequestContext,
    ) -> Result<(Transaction, EmailVerification), ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(code) = errors.check("code", OtpCode::parse(code)) else { return Err(errors.into()) };
        let attempt = self.record_attempt(purpose, by).await?;
        self.consume(attempt, &code, by).await
    }

    /// Counts and commits one attempt against the flow, the email and the IP prefix, before its code
    /// is compared, so that neither a crash nor parallel guesses allow more attempts than the limit.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] after too many wrong codes, or [`ServiceError::Redirect`] if the
    /// verification has ended.
    pub async fn record_attempt(&self, purpose: OtpPurpose, by: &RequestContext) -> Result<OtpAttempt, ServiceError> {
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let verification = self.awaiting_code(&tx, purpose, by).await?.verification;
        let (flow, email_key, limits) = (verification.id, verification.email.key(), &self.core.limits);
        let tried = otp_failures::since(&tx, email_key, now - DAY).await?;
        if let Some(wait) = sliding_window::wait(&tried, limits.otp_wrong_per_day, DAY, now) {
            tracing::warn!(event = "verification.limited", purpose = purpose.as_str(), %flow, ip = %by.ip);
            return Err(ServiceError::Limited { what: TOO_MANY_WRONG, wait });
        }
        let quota = limits.wrong_codes_per_ip;
        if let Some(wait) = quota::take(&tx, &self.core.keys, quota::QuotaKind::WrongCodes, quota, by, now).await? {
            return Err(ServiceError::Limited { what: TOO_MANY_FROM_HERE, wait });
        }
        let id = self.core.rng.id(now);
        otp_failures::insert(&tx, id, purpose, email_key, now).await?;
        // For the OTP log.
        otps::count_try(&tx, flow, verification.tries.saturating_add(1) >= limits.otp_tries, now).await?;
        hourly_counters::add(&tx, Metric::WrongCode, now).await?;
        if !email_verifications::count_try(&tx, flow, limits.otp_tries).await? {
            return Err(FlowEnded::TriesUsed.into_next_step(purpose, Some(&verification)).into());
        }
        tx.commit().await?;
        Ok(OtpAttempt { verification, id, at: now })
    }

    /// Whether the code of an attempt is correct. This does not consume the code.
    pub async fn is_correct(&self, attempt: &OtpAttempt, code: &OtpCode) -> Result<bool, StoreError> {
        let digests = self.accepted(&attempt.verification, code);
        otps::is_live(self.core.store.reader(), attempt.verification.id, &digests, self.core.clock.now()).await
    }

    /// Consumes a code and reverts the counts of the attempt. Returns the verification, and the
    /// transaction for the action that the code authorizes.
    ///
    /// # Errors
    /// Same as [`EmailVerifier::verify`].
    pub async fn consume(
        &self,
        attempt: OtpAttempt,
        code: &OtpCode,
        by: &RequestContext,
    ) -> Result<(Transaction, EmailVerification), ServiceError> {
        let digests = self.accepted(&attempt.verification, code);
        let tx = self.core.store.write().await?;
        if !otps::consume(&tx, attempt.verification.id, &digests, tx.now()).await? {
            drop(tx);
            return Err(self.reject(&attempt, by).await);
        }
        self.uncount_failure(&tx, &attempt, by).await?;
        Ok((tx, attempt.verification))
    }

    /// Reverts all counts of an attempt whose code was correct and was not consumed.
    pub async fn revert(&self, attempt: OtpAttempt, by: &RequestContext) -> Result<(), StoreError> {
        let tx = self.core.store.write().await?;
        self.uncount_failure(&tx, &attempt, by).await?;
        email_verifications::uncount_try(&tx, attempt.verification.id).await?;
        otps::uncount_try(&tx, attempt.verification.id, tx.now()).await?;
        tx.commit().await
    }

    /// Records that an attempt was wrong, which makes captcha challenges harder. Returns the error
    /// with the number of attempts left, which is the same for every wrong code, or a redirect to
    /// the start of the flow.
    pub async fn reject(&self, attempt: &OtpAttempt, by: &RequestContext) -> ServiceError {
        let EmailVerification { id: flow, purpose, .. } = attempt.verification;
        let reader = self.core.store.reader();
        match email_verifications::is_finished(reader, flow).await {
            // Another tab used the code while this request was in progress.
            Ok(true) => {}
            Ok(false) => {
                tracing::info!(event = "verification.wrong", purpose = purpose.as_str(), %flow, ip = %by.ip);
                self.core.captcha.count_failure(by);
            }
            Err(error) => return error.into(),
        }
        match self.pending(reader, purpose, by).await {
            Ok(pending) => wrong_code(pending.verification.tries, self.core.limits.otp_tries),
            Err(error) => error,
        }
    }

    async fn uncount_failure(
        &self,
        tx: &Transaction,
        attempt: &OtpAttempt,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        otp_failures::forget(tx, attempt.id).await?;
        hourly_counters::decrement(tx, Metric::WrongCode, attempt.at).await?;
        let quota = self.core.limits.wrong_codes_per_ip;
        quota::give_back(tx, &self.core.keys, quota::QuotaKind::WrongCodes, quota, by).await
    }

    fn accepted(&self, verification: &EmailVerification, code: &OtpCode) -> Vec<OtpDigest> {
        let EmailVerification { purpose, id, email, .. } = verification;
        self.core.digester.accepted(*purpose, *id, email.key(), code)
    }
}

fn wrong_code(tries: u32, most: u32) -> ServiceError {
    let left = most.saturating_sub(tries);
    let attempts = if left == 1 { "attempt" } else { "attempts" };
    FieldErrors::one("code", format!("That code is incorrect or has expired. {left} {attempts} left.")).into()
}
