//! Account recovery: setting a new password with a mailed code.
//!
//! An email without an account is handled the same way in every step, so that the responses do not
//! reveal whether there is one. `finish` sets the password.

mod finish;

use sea_orm::ConnectionTrait;

use super::captcha::{Answer, Form};
use super::core::Core;
use super::outcome::{NextStep, ServiceError};
use super::request_context::RequestContext;
use crate::crypto::OtpPurpose;
use crate::domain::{Email, FieldErrors};
use crate::paths;
use crate::store::StoreError;
use crate::store::accounts::{self, Account};
use crate::store::email_verifications::EmailVerification;

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
    /// are the same for every email, because the same rows are written with and without an account.
    /// Without one, the row in the outbox is a decoy.
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
        let permit = self.core.email_verifier().check_limits(&tx, OtpPurpose::Recovery, &email, by).await?;
        let account = accounts::by_email(&tx, &email).await?.filter(Account::is_open);
        let recovery = EmailVerification {
            account_id: account.map(|account| account.id),
            ..EmailVerification::new(self.core.rng.id(now), OtpPurpose::Recovery, email, now)
        };
        let id = recovery.id;
        let step = self.core.email_verifier().begin(&tx, recovery, permit, by).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        tracing::info!(event = "recovery.started", recovery = %id, ip = %by.ip);
        Ok(step)
    }
}

/// Returns the account of a recovery, if it is open and still has the email that the recovery was
/// started for.
pub async fn recoverable_account(
    db: &impl ConnectionTrait,
    recovery: &EmailVerification,
) -> Result<Option<Account>, StoreError> {
    // The same query without an account, so that the response takes equally long.
    let account = accounts::by_id(db, recovery.account_id.unwrap_or_default()).await?;
    Ok(account.filter(|account| account.is_open() && account.email.key() == recovery.email.key()))
}
