//! Another code, or the code to another address.

use sea_orm::ConnectionTrait;

use super::Registration;
use crate::domain::{Email, FieldErrors, NoticeKind, RegistrationMode};
use crate::paths;
use crate::server::services::captcha::{Answer, Form};
use crate::server::services::flow::{self, Pending};
use crate::server::services::holder;
use crate::server::services::outcome::{Done, ServiceError};
use crate::server::services::requester::Requester;
use crate::server::store::{otps, registrations};

const INVITED_ADDRESS: &str = "Your invitation only works with the email address it was sent to.";

impl Registration {
    /// Mails another code for the flow this browser holds. The earlier code
    /// counts until its own expiry, and the tries are not given back.
    ///
    /// # Errors
    /// Asked for too early, a challenge that did not convince, or a cap on
    /// codes that is reached.
    pub async fn resend(&self, answer: &Answer<'_>, by: &Requester) -> Result<Done, ServiceError> {
        // Who has nothing to wait for, or has to wait, need not be told from a machine.
        if let Err(done) = self.resendable(self.store.reader(), by).await? {
            return Ok(done);
        }
        let passed = self.captcha.check(Form::Resend, answer, by).await?;
        let tx = self.store.write().await?;
        let now = tx.now();
        let registration = match self.resendable(&tx, by).await? {
            Ok(registration) => registration,
            Err(done) => return Ok(done),
        };
        self.captcha.spend(&tx, &passed, by).await?;
        self.codes.admit(&tx, registration.email.key(), by, now).await?;
        self.issue(&tx, &registration, by, now).await?;
        tx.commit().await?;
        self.codes.mailer.wake();
        let text = format!("We've sent a new code to {}.", registration.email.as_str());
        Ok(Done::go(paths::VERIFY).saying(NoticeKind::Success, text))
    }

    /// The registration for which another code may be sent now; the inner `Err`
    /// when there is none.
    async fn resendable(
        &self,
        db: &impl ConnectionTrait,
        by: &Requester,
    ) -> Result<Result<registrations::Registration, Done>, ServiceError> {
        let now = self.clock.now();
        let Pending { registration, code } =
            match flow::pending(db, by.flow.as_ref(), &self.admission, &self.limits, now).await? {
                Ok(pending) => pending,
                Err(ended) => return Ok(Err(ended.into_done())),
            };
        if registration.proven {
            return Ok(Err(Done::go(paths::VERIFY)));
        }
        self.codes.check_pause(&code, now)?;
        Ok(Ok(registration))
    }

    /// Sends the code to a corrected address instead; codes for the earlier
    /// one stop counting.
    ///
    /// # Errors
    /// Mistakes in the address, one that is bound to its invitation, no change
    /// left, or the cap on codes for it.
    pub async fn correct_email(&self, email: &str, by: &Requester) -> Result<Done, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(email) = errors.check("email", Email::parse(email)) else { return Err(errors.into()) };
        errors.check("email", self.admission.emails.judge(&email));
        let tx = self.store.write().await?;
        let now = tx.now();
        let mut registration = match flow::pending(&tx, by.flow.as_ref(), &self.admission, &self.limits, now).await? {
            Ok(pending) if pending.registration.proven => return Ok(Done::go(paths::VERIFY)),
            Ok(pending) => pending.registration,
            Err(ended) => return Ok(ended.into_done()),
        };
        if self.admission.mode == RegistrationMode::Invitation {
            return Err(FieldErrors::one("email", INVITED_ADDRESS).into());
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        if email.key() == registration.email.key() {
            return Err(FieldErrors::one("email", "We've already sent the code to this email address.").into());
        }
        let taken = holder::of(&tx, &email, &self.limits, now).await?.is_some();
        if !registrations::change_email(&tx, registration.id, &email, taken, self.limits.email_changes).await? {
            let text = "You can't change the email address again. Start again to use a different one.";
            return Err(FieldErrors::one("email", text).into());
        }
        self.codes.admit(&tx, email.key(), by, now).await?;
        registration.email = email;
        registration.address_taken = taken;
        otps::void_older(&tx, registration.id, 0, now).await?;
        self.issue(&tx, &registration, by, now).await?;
        tx.commit().await?;
        self.codes.mailer.wake();
        let text = format!("We've sent a code to {}.", registration.email.as_str());
        Ok(Done::go(paths::VERIFY).saying(NoticeKind::Success, text))
    }
}
