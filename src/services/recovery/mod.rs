//! Account recovery: setting a new password with a mailed code.
//!
//! An email without an account is handled the same in every step, so that the responses do not
//! reveal whether there is one. Setting the password is in `finish`.

mod finish;
mod pending;

use crate::store::Transaction;

use pending::PendingRecovery;
pub use pending::RecoveryEnded;

use super::captcha::{Answer, Form};
use super::codes::{OtpContext, Recipient};
use super::core::Core;
use super::outcome::{Flow, FlowChange, NextStep, ServiceError};
use super::request_context::RequestContext;
use crate::crypto::{FlowToken, OtpPurpose};
use crate::domain::{Email, FieldErrors, NoticeKind, Timestamp};
use crate::paths;
use crate::store::otps::Issued;
use crate::store::{StoreError, accounts, otps, recoveries};

/// The service behind `/recover` and `/recover/verify`.
#[derive(Clone, Copy, Debug)]
pub struct Recovery<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn recovery(&self) -> Recovery<'_> {
        Recovery { core: self }
    }
}

impl Recovery<'_> {
    /// Mails a code if the email has an account that can be recovered. The response and its timing
    /// are the same for every email, because the same rows are written with and without an account,
    /// except for the mail.
    ///
    /// # Errors
    /// An error next to `email`, a failed captcha, or [`ServiceError::Limited`] if a limit on codes
    /// is reached.
    pub async fn start(&self, email: &str, answer: &Answer<'_>, by: &RequestContext) -> Result<NextStep, ServiceError> {
        if by.member.is_some() {
            return Ok(NextStep::go(paths::DASHBOARD));
        }
        let mut errors = FieldErrors::default();
        let Some(email) = errors.check("email", Email::parse(email)) else { return Err(errors.into()) };
        let passed = self.core.captcha.check(Form::Recover, answer, by).await?;
        let tx = self.core.store.write().await?;
        let now = tx.now();
        self.core.captcha.spend(&tx, &passed, by).await?;
        self.core.codes().check_limits(&tx, email.key(), by, now).await?;
        if let Some(token) = &by.recovery
            && let Some(earlier) = recoveries::by_flow(&tx, token.digest()).await?
        {
            otps::invalidate_previous(&tx, earlier.id, 0, now).await?;
            recoveries::delete(&tx, earlier.id).await?;
        }
        let account = accounts::by_email(&tx, &email).await?.filter(accounts::Account::is_open);
        let flow = FlowToken::generate(&self.core.rng);
        let recovery = recoveries::Recovery {
            id: self.core.rng.id(now),
            email_key: email.key().to_owned(),
            account_id: account.map(|account| account.id),
            tries: 0,
            created_at: now,
            finished: false,
        };
        recoveries::insert(&tx, &recovery, flow.digest()).await?;
        self.issue(&tx, &recovery, by, now).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        tracing::info!(event = "recovery.started", recovery = %recovery.id, ip = %by.ip);
        Ok(NextStep::go(paths::RECOVER_VERIFY).with_flow(FlowChange::Begin(Flow::Recovery, flow)))
    }

    /// Returns the newest code of this browser's recovery.
    ///
    /// # Errors
    /// [`ServiceError::Redirect`] to the start if the recovery has ended.
    pub async fn pending(&self, by: &RequestContext) -> Result<Issued, ServiceError> {
        Ok(self.waiting(self.core.store.reader(), by.recovery.as_ref()).await?.code)
    }

    /// Mails another code. The previous code stays valid until it expires, and the number of
    /// attempts is not reset.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if the last code was sent too recently or a limit on codes is
    /// reached, or a failed captcha.
    pub async fn resend(&self, answer: &Answer<'_>, by: &RequestContext) -> Result<NextStep, ServiceError> {
        // Skip the captcha when nothing can be sent now.
        let PendingRecovery { code, .. } = self.waiting(self.core.store.reader(), by.recovery.as_ref()).await?;
        self.core.codes().check_pause(&code, self.core.clock.now())?;
        let passed = self.core.captcha.check(Form::Resend, answer, by).await?;
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let PendingRecovery { recovery, code } = self.waiting(&tx, by.recovery.as_ref()).await?;
        self.core.codes().check_pause(&code, now)?;
        self.core.captcha.spend(&tx, &passed, by).await?;
        self.core.codes().check_limits(&tx, &recovery.email_key, by, now).await?;
        self.issue(&tx, &recovery, by, now).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        let text = "If that email address has an account, we've sent a new code to it.";
        Ok(NextStep::go(paths::RECOVER_VERIFY).with_notice(NoticeKind::Success, text))
    }

    /// Issues a code, and mails it if there is an account.
    async fn issue(
        &self,
        tx: &Transaction,
        recovery: &recoveries::Recovery,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let account = match recovery.account_id {
            Some(id) => accounts::by_id(tx, id).await?.filter(|account| may_recover(recovery, account)),
            None => None,
        };
        let to = account.as_ref().map(|it| Recipient { email: &it.email, username: &it.username });
        self.core.codes().issue(tx, otp_context(recovery), to, by, now).await
    }
}

fn otp_context(recovery: &recoveries::Recovery) -> OtpContext<'_> {
    OtpContext { purpose: OtpPurpose::Recovery, flow: recovery.id, email_key: &recovery.email_key }
}

/// Whether the account is open and still has the email that the recovery was started for.
fn may_recover(recovery: &recoveries::Recovery, account: &accounts::Account) -> bool {
    account.is_open() && account.email.key() == recovery.email_key
}
