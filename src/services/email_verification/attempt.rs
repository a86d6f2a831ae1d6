//! Checking codes. Each attempt is counted and committed before its code is compared.

use uuid::Uuid;

use super::{EmailVerifier, FlowEnded};
use crate::crypto::LookupKey;
use crate::crypto::{OtpDigest, OtpPurpose};
use crate::domain::{EmailCode, FieldErrors, Metric};
use crate::services::attempts::{self, Target};
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::attempts::{AttemptKind, Outcome, finish};
use crate::store::email_verifications::{self, EmailVerification};
use crate::store::{StoreError, Transaction, hourly_counters, otps};

/// An attempt that counts as wrong until its code is [consumed](EmailVerifier::consume).
#[derive(Debug)]
#[must_use]
pub struct OtpAttempt {
    pub verification: EmailVerification,
    id: Uuid,
}

impl EmailVerifier<'_> {
    /// Checks and consumes a code. Returns the verification, and the transaction for the action
    /// that the code authorizes.
    ///
    /// # Errors
    /// The same error next to `code` for every wrong code, or [`ServiceError::Redirect`] if the
    /// verification has ended.
    pub async fn verify(
        &self,
        purpose: OtpPurpose,
        code: &str,
        by: &RequestContext,
    ) -> Result<(Transaction, EmailVerification), ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(code) = errors.check("code", EmailCode::parse(code)) else { return Err(errors.into()) };
        let attempt = self.record_attempt(purpose, by).await?;
        self.consume(attempt, &code, by).await
    }

    /// Counts and commits one attempt against the flow and the email, before its code is compared,
    /// so that neither a crash nor parallel guesses allow more attempts than the limit.
    ///
    /// # Errors
    /// [`ServiceError::Redirect`] if the verification has ended.
    pub async fn record_attempt(&self, purpose: OtpPurpose, by: &RequestContext) -> Result<OtpAttempt, ServiceError> {
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let verification = self.awaiting_code(&tx, purpose, by).await?.verification;
        let (flow, most) = (verification.id, self.core.limits.otp_tries);
        if !email_verifications::count_try(&tx, flow, most).await? {
            return Err(FlowEnded::TriesUsed.into_next_step(purpose, Some(&verification)).into());
        }
        // For the OTP log.
        otps::count_try(&tx, flow, verification.tries.saturating_add(1) >= most, now).await?;
        let email = self.guessed(purpose, verification.email.key());
        let target = Target { subject: Some(&email), ..Target::of(AttemptKind::EmailCode) };
        let id = attempts::record(&tx, &self.core.rng, target, Outcome::Pending, by).await?;
        tx.commit().await?;
        Ok(OtpAttempt { verification, id })
    }

    /// Returns the key under which attempts at the codes for an email are counted.
    pub(super) fn guessed(&self, purpose: OtpPurpose, email_key: &str) -> LookupKey {
        self.core.keys.key(&["code", purpose.as_str(), email_key])
    }

    /// Whether the code of an attempt is correct. This does not consume the code.
    pub async fn is_correct(&self, attempt: &OtpAttempt, code: &EmailCode) -> Result<bool, StoreError> {
        let digests = self.accepted(&attempt.verification, code);
        otps::is_live(self.core.store.reader(), attempt.verification.id, &digests, self.core.clock.now()).await
    }

    /// Consumes a code. Returns the verification, and the transaction for the action that the code
    /// authorizes.
    ///
    /// # Errors
    /// Same as [`EmailVerifier::verify`].
    pub async fn consume(
        &self,
        attempt: OtpAttempt,
        code: &EmailCode,
        by: &RequestContext,
    ) -> Result<(Transaction, EmailVerification), ServiceError> {
        let digests = self.accepted(&attempt.verification, code);
        let tx = self.core.store.write().await?;
        if !otps::consume(&tx, attempt.verification.id, &digests, tx.now()).await? {
            drop(tx);
            return Err(self.reject(&attempt, by).await);
        }
        finish(&tx, attempt.id, Outcome::Succeeded).await?;
        Ok((tx, attempt.verification))
    }

    /// Reverts all counts of an attempt whose code was correct and was not consumed.
    pub async fn revert(&self, attempt: OtpAttempt) -> Result<(), StoreError> {
        let tx = self.core.store.write().await?;
        finish(&tx, attempt.id, Outcome::Succeeded).await?;
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
        match self.record_outcome(attempt).await {
            Ok(Outcome::Failed) => {
                tracing::info!(event = "verification.wrong", purpose = purpose.as_str(), %flow, ip = %by.ip);
                self.core.captcha.count_failure(by);
            }
            Ok(_) => {}
            Err(error) => return error.into(),
        }
        match self.pending(reader, purpose, by).await {
            Ok(pending) => wrong_code(pending.verification.tries, self.core.limits.otp_tries),
            Err(error) => error,
        }
    }

    /// Records that an attempt failed, unless another tab used the code while its request was in
    /// progress.
    async fn record_outcome(&self, attempt: &OtpAttempt) -> Result<Outcome, StoreError> {
        let tx = self.core.store.write().await?;
        let finished = email_verifications::is_finished(&tx, attempt.verification.id).await?;
        let outcome = if finished { Outcome::Forgiven } else { Outcome::Failed };
        finish(&tx, attempt.id, outcome).await?;
        if outcome == Outcome::Failed {
            hourly_counters::add(&tx, Metric::WrongCode, tx.now()).await?;
        }
        tx.commit().await?;
        Ok(outcome)
    }

    fn accepted(&self, verification: &EmailVerification, code: &EmailCode) -> Vec<OtpDigest> {
        let EmailVerification { purpose, id, email, .. } = verification;
        self.core.digester.accepted(*purpose, *id, email.key(), code)
    }
}

fn wrong_code(tries: u32, most: u32) -> ServiceError {
    let left = most.saturating_sub(tries);
    let attempts = if left == 1 { "attempt" } else { "attempts" };
    FieldErrors::one("code", format!("That code is incorrect or has expired. {left} {attempts} left.")).into()
}
