//! Sending the code of a registration to a corrected email.

use super::Registration;
use crate::crypto::OtpPurpose;
use crate::domain::{Email, FieldErrors, NoticeKind, RegistrationMode};
use crate::paths;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::services::{email_domain_policy, email_owner};
use crate::store::{email_verifications, otps};

const INVITED_ADDRESS: &str = "Your invitation only works with the email address it was sent to.";

impl Registration<'_> {
    /// Sends the code to a corrected email. Codes for the previous email become invalid.
    ///
    /// # Errors
    /// An error next to `email` if it is invalid, bound to an invitation, unchanged, or can no
    /// longer be changed, or [`ServiceError::Limited`] if a limit on codes is reached.
    pub async fn correct_email(&self, email: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(email) = errors.check("email", Email::parse(email)) else { return Err(errors.into()) };
        errors.check("email", email_domain_policy::check(&self.core.registration_policy.emails, &email));
        let verifier = self.core.email_verifier();
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let mut registration = verifier.awaiting_code(&tx, OtpPurpose::Registration, by).await?.verification;
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
        let most = self.core.limits.email_changes;
        if !email_verifications::change_email(&tx, registration.id, &email, taken, most).await? {
            let text = "You can't change the email address again. Start again to use a different one.";
            return Err(FieldErrors::one("email", text).into());
        }
        let permit = verifier.check_limits(&tx, OtpPurpose::Registration, &email, by).await?;
        registration.email = email;
        registration.address_taken = taken;
        otps::invalidate_previous(&tx, registration.id, 0, now).await?;
        verifier.issue(&tx, &registration, permit, by).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        let text = format!("We've sent a code to {}.", registration.email.as_str());
        Ok(NextStep::go(paths::VERIFY).with_notice(NoticeKind::Success, text))
    }
}
