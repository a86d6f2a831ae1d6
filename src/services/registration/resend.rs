//! Sending another code, or sending it to a corrected email.

use sea_orm::ConnectionTrait;

use super::Registration;
use crate::domain::{Email, FieldErrors, NoticeKind, RegistrationMode};
use crate::paths;
use crate::services::captcha::{Answer, Form};
use crate::services::flow::{self, PendingRegistration};
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::services::{email_domain_policy, email_owner};
use crate::store::{otps, registrations};

const INVITED_ADDRESS: &str = "Your invitation only works with the email address it was sent to.";

impl Registration<'_> {
    /// Mails another code for this browser's flow. The previous code stays valid until it expires,
    /// and the number of attempts is not reset.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if the last code was sent too recently or a limit on codes is
    /// reached, or a failed captcha.
    pub async fn resend(&self, answer: &Answer<'_>, by: &RequestContext) -> Result<NextStep, ServiceError> {
        // Skip the captcha when nothing can be sent now.
        self.resendable(self.core.store.reader(), by).await?;
        let passed = self.core.captcha.check(Form::Resend, answer, by).await?;
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let registration = self.resendable(&tx, by).await?;
        self.core.captcha.spend(&tx, &passed, by).await?;
        self.core.codes().check_limits(&tx, registration.email.key(), by, now).await?;
        self.issue(&tx, &registration, by, now).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        let text = format!("We've sent a new code to {}.", registration.email.as_str());
        Ok(NextStep::go(paths::VERIFY).with_notice(NoticeKind::Success, text))
    }

    /// Returns the registration for which another code can be sent now, or redirects if there is none.
    async fn resendable(
        &self,
        db: &impl ConnectionTrait,
        by: &RequestContext,
    ) -> Result<registrations::Registration, ServiceError> {
        let now = self.core.clock.now();
        let PendingRegistration { registration, code } =
            flow::pending(db, by.flow.as_ref(), &self.core.registration_policy, &self.core.limits, now).await?;
        if registration.proven {
            return Err(NextStep::go(paths::VERIFY).into());
        }
        self.core.codes().check_pause(&code, now)?;
        Ok(registration)
    }

    /// Sends the code to a corrected email. Codes for the previous email become invalid.
    ///
    /// # Errors
    /// An error next to `email` if it is invalid, bound to an invitation, unchanged, or can no
    /// longer be changed, or [`ServiceError::Limited`] if a limit on codes is reached.
    pub async fn correct_email(&self, email: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(email) = errors.check("email", Email::parse(email)) else { return Err(errors.into()) };
        errors.check("email", email_domain_policy::check(&self.core.registration_policy.emails, &email));
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let PendingRegistration { mut registration, .. } =
            flow::pending(&tx, by.flow.as_ref(), &self.core.registration_policy, &self.core.limits, now).await?;
        if registration.proven {
            return Ok(NextStep::go(paths::VERIFY));
        }
        if self.core.registration_policy.mode == RegistrationMode::Invitation {
            return Err(FieldErrors::one("email", INVITED_ADDRESS).into());
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        if email.key() == registration.email.key() {
            return Err(FieldErrors::one("email", "We've already sent the code to this email address.").into());
        }
        let taken = email_owner::find(&tx, &email, &self.core.limits, now).await?.is_some();
        if !registrations::change_email(&tx, registration.id, &email, taken, self.core.limits.email_changes).await? {
            let text = "You can't change the email address again. Start again to use a different one.";
            return Err(FieldErrors::one("email", text).into());
        }
        self.core.codes().check_limits(&tx, email.key(), by, now).await?;
        registration.email = email;
        registration.address_taken = taken;
        otps::invalidate_previous(&tx, registration.id, 0, now).await?;
        self.issue(&tx, &registration, by, now).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        let text = format!("We've sent a code to {}.", registration.email.as_str());
        Ok(NextStep::go(paths::VERIFY).with_notice(NoticeKind::Success, text))
    }
}
