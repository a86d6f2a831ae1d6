//! Verifying an email with a mailed code, for a registration, a recovery or a change of email.
//!
//! Those three services begin a verification, and complete their action after the code was entered.
//! This module does what they have in common: it limits the number of codes and of wrong codes,
//! accepts each code only once, and ends a verification that has expired or has no attempts left.

mod attempt;
mod ended;
mod issue;

use std::time::Duration;

use sea_orm::ConnectionTrait;

pub use attempt::OtpAttempt;
pub use ended::FlowEnded;
pub use issue::CodePermit;

use super::captcha::{Answer, Form};
use super::core::Core;
use super::outcome::{Flow, FlowChange, NextStep, ServiceError};
use super::request_context::RequestContext;
use crate::crypto::{FlowToken, OtpPurpose};
use crate::domain::NoticeKind;
use crate::limits::{DAY, RECOVERY_LIFETIME};
use crate::paths;
use crate::store::email_verifications::{self, EmailVerification};
use crate::store::otps::{self, Issued};
use crate::store::{StoreError, Transaction};

const TOO_SOON: &str = "We've just sent you a code.";

/// Issues and checks codes.
#[derive(Clone, Copy, Debug)]
pub struct EmailVerifier<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn email_verifier(&self) -> EmailVerifier<'_> {
        EmailVerifier { core: self }
    }
}

/// A verification that can be continued.
#[derive(Clone, Debug)]
pub struct PendingVerification {
    pub verification: EmailVerification,
    /// The newest code.
    pub code: Issued,
}

impl EmailVerifier<'_> {
    /// Stores a verification, mails its code, and redirects to the page that asks for the code. The
    /// verification replaces an earlier one of this browser or, for a change of email, of this
    /// account.
    pub async fn begin(
        &self,
        tx: &Transaction,
        new: EmailVerification,
        permit: CodePermit,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        if let Some(earlier) = self.find(tx, new.purpose, by).await? {
            email_verifications::delete(tx, earlier.id, tx.now()).await?;
        }
        let flow = cookie(new.purpose).map(|cookie| (cookie, FlowToken::generate(&self.core.rng)));
        email_verifications::insert(tx, new.clone(), flow.as_ref().map(|(_, token)| token.digest())).await?;
        self.issue(tx, &new, permit, by).await?;
        let step = NextStep::go(page(new.purpose));
        Ok(match flow {
            Some((cookie, token)) => step.with_flow(FlowChange::Begin(cookie, token)),
            None => step,
        })
    }

    /// Returns this browser's or, for a change of email, this account's pending verification. A
    /// registration whose email is [proven](EmailVerification::proven) stays pending after its code
    /// has expired.
    ///
    /// # Errors
    /// [`ServiceError::Redirect`] to the start of the flow if the verification has ended, or
    /// [`ServiceError::Unauthenticated`] for a change of email if the user is not signed in.
    pub async fn pending(
        &self,
        db: &impl ConnectionTrait,
        purpose: OtpPurpose,
        by: &RequestContext,
    ) -> Result<PendingVerification, ServiceError> {
        let Some(verification) = self.find(db, purpose, by).await? else {
            return Err(FlowEnded::NoFlow.into_next_step(purpose, None).into());
        };
        let now = self.core.clock.now();
        let ended = |why: FlowEnded| ServiceError::from(why.into_next_step(purpose, Some(&verification)));
        if verification.finished {
            return Err(ended(FlowEnded::Finished));
        }
        if purpose == OtpPurpose::Registration
            && let Some(why) = self.core.registration_policy.rejection_reason(db, &verification.email, now).await?
        {
            return Err(ended(FlowEnded::NotAllowed(why)));
        }
        if now >= verification.created_at + self.lifetime(purpose) {
            return Err(ended(FlowEnded::Expired));
        }
        let code = otps::newest(db, verification.id).await?.ok_or_else(|| ended(FlowEnded::NoFlow))?;
        if verification.proven {
            return Ok(PendingVerification { verification, code });
        }
        if verification.tries >= self.core.limits.otp_tries {
            return Err(ended(FlowEnded::TriesUsed));
        }
        if now >= code.expires_at {
            return Err(ended(FlowEnded::Expired));
        }
        Ok(PendingVerification { verification, code })
    }

    /// Returns the pending verification if its code has not been entered yet.
    ///
    /// # Errors
    /// Same as [`EmailVerifier::pending`], and [`ServiceError::Redirect`] if the email is proven.
    pub async fn awaiting_code(
        &self,
        db: &impl ConnectionTrait,
        purpose: OtpPurpose,
        by: &RequestContext,
    ) -> Result<PendingVerification, ServiceError> {
        let pending = self.pending(db, purpose, by).await?;
        if pending.verification.proven { Err(NextStep::go(page(purpose)).into()) } else { Ok(pending) }
    }

    /// Mails another code. The previous code stays valid until it expires, and the number of
    /// attempts is not reset. `answer` contains the captcha fields; it is `None` for signed-in
    /// users, who do not need a captcha.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if the last code was sent too recently or a limit on codes is
    /// reached, [`ServiceError::Captcha`] for a failed captcha, or the errors of
    /// [`EmailVerifier::awaiting_code`].
    pub async fn resend(
        &self,
        purpose: OtpPurpose,
        answer: Option<&Answer<'_>>,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        // Skip the captcha when nothing can be sent now.
        self.resendable(self.core.store.reader(), purpose, by).await?;
        let passed = match answer {
            Some(answer) => Some(self.core.captcha.check(Form::Resend, answer, by).await?),
            None => None,
        };
        let tx = self.core.store.write().await?;
        let verification = self.resendable(&tx, purpose, by).await?;
        if let Some(passed) = &passed {
            self.core.captcha.spend(&tx, passed, by).await?;
        }
        let permit = self.check_limits(&tx, purpose, &verification.email, by).await?;
        self.issue(&tx, &verification, permit, by).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        let text = match purpose {
            OtpPurpose::Registration | OtpPurpose::EmailChange => {
                format!("We've sent a new code to {}.", verification.email.as_str())
            }
            OtpPurpose::Recovery => "If that email address has an account, we've sent a new code to it.".to_owned(),
        };
        Ok(NextStep::go(page(purpose)).with_notice(NoticeKind::Success, text))
    }

    /// Returns the pending verification if another code can be sent for it now.
    async fn resendable(
        &self,
        db: &impl ConnectionTrait,
        purpose: OtpPurpose,
        by: &RequestContext,
    ) -> Result<EmailVerification, ServiceError> {
        let PendingVerification { verification, code } = self.awaiting_code(db, purpose, by).await?;
        let (now, again_at) = (self.core.clock.now(), code.issued_at + self.core.limits.otp_resend_after);
        if now < again_at {
            return Err(ServiceError::Limited { what: TOO_SOON, wait: again_at.since(now) });
        }
        Ok(verification)
    }

    /// Deletes up to `most` verifications whose lifetime has ended, and returns the number deleted.
    pub async fn purge(&self, tx: &Transaction, most: u64) -> Result<u64, StoreError> {
        let now = self.core.clock.now();
        let begun = OtpPurpose::ALL.map(|purpose| (purpose, now - self.lifetime(purpose)));
        email_verifications::purge(tx, begun, most).await
    }

    /// Returns the lifetime of a verification. Requesting more codes does not extend it.
    fn lifetime(&self, purpose: OtpPurpose) -> Duration {
        match purpose {
            OtpPurpose::Registration => self.core.limits.registration_lifetime,
            OtpPurpose::Recovery => RECOVERY_LIFETIME,
            OtpPurpose::EmailChange => DAY,
        }
    }

    /// Returns the verification of this browser's flow cookie or, for a change of email, of the
    /// user's account. A client without the cookie can neither verify an email nor use up attempts.
    async fn find(
        &self,
        db: &impl ConnectionTrait,
        purpose: OtpPurpose,
        by: &RequestContext,
    ) -> Result<Option<EmailVerification>, ServiceError> {
        let flow = match purpose {
            OtpPurpose::Registration => by.flow.as_ref(),
            OtpPurpose::Recovery => by.recovery.as_ref(),
            OtpPurpose::EmailChange => {
                let account = self.core.own_account(db, by.member()?).await?;
                return Ok(email_verifications::email_change(db, account.id).await?);
            }
        };
        match flow {
            Some(flow) => Ok(email_verifications::by_flow(db, purpose, flow.digest()).await?),
            None => Ok(None),
        }
    }
}

/// Returns the flow cookie for a purpose. A change of email has none: it belongs to the account.
fn cookie(purpose: OtpPurpose) -> Option<Flow> {
    match purpose {
        OtpPurpose::Registration => Some(Flow::Registration),
        OtpPurpose::Recovery => Some(Flow::Recovery),
        OtpPurpose::EmailChange => None,
    }
}

/// Returns the path of the page that asks for the code.
fn page(purpose: OtpPurpose) -> &'static str {
    match purpose {
        OtpPurpose::Registration => paths::VERIFY,
        OtpPurpose::Recovery => paths::RECOVER_VERIFY,
        OtpPurpose::EmailChange => paths::ACCOUNT_EMAIL_VERIFY,
    }
}
