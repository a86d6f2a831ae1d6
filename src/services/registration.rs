//! Starting a registration. `policy` decides who may register, `correct_email` sends the code to
//! another email, and `finish` creates the account.

mod correct_email;
mod finish;
pub mod policy;

use super::captcha::{Answer, Form, Passed};
use super::core::Core;
use super::email_owner;
use super::outcome::{InternalError, NextStep, ServiceError};
use super::request_context::RequestContext;
use super::sign_up_form::{SignUpForm, SignUpRules, TypedSignUp, USERNAME_TAKEN};
use crate::crypto::{FlowToken, OtpPurpose};
use crate::domain::{Email, FieldErrors, Metric, Username};
use crate::paths;
use crate::store::email_verifications::{EmailVerification, SignUp};
use crate::store::{accounts, hourly_counters};

/// The service behind `/register` and `/verify`.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn registration(&self) -> Registration<'_> {
        Registration { core: self }
    }
}

impl Registration<'_> {
    /// Accepts the details of a new user and mails a code.
    ///
    /// If the email already has an account, the response and its timing are the same, and the owner
    /// is notified. A user with an invitation registers with the invited email, and the typed one
    /// is ignored.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if registration is closed or requires an invitation. Also invalid
    /// fields, a failed captcha, a reached limit on codes, or [`ServiceError::Busy`] if the
    /// password hashing queue is full.
    pub async fn start(
        &self,
        typed: TypedSignUp<'_>,
        answer: &Answer<'_>,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        if by.member.is_some() {
            return Ok(NextStep::go(paths::DASHBOARD));
        }
        let invited_email = self
            .core
            .registration_policy
            .authorize(self.core.store.reader(), by.invitation.as_ref(), self.core.clock.now())
            .await?;
        // An administrator chose the invited email, so the email domain rules do not apply to it.
        // They chose no username, so the rule for usernames does.
        let (email, emails) = match &invited_email {
            Some(invited_email) => (invited_email.as_str(), None),
            None => (typed.email, Some(&self.core.registration_policy.emails)),
        };
        let usernames = Some(&self.core.registration_policy.reserved_usernames);
        let rules = SignUpRules { passwords: &self.core.password_policy, emails, usernames };
        // During a flood, requests are rejected before any work. The slot is not kept while a third party is asked.
        let slot = self.core.hasher.enter(by.prefix().site())?;
        let form = SignUpForm::parse(TypedSignUp { email, ..typed }, rules, &slot).await?;
        drop(slot);
        let SignUpForm { username, email, password } = form;
        let passed = self.core.captcha.check(Form::Register, answer, by).await?;
        // Reserve a hashing slot before using the database, so that during a flood requests are
        // rejected without waiting for the writer.
        let slot = self.core.hasher.enter(by.prefix().site())?;
        self.admit(&passed, &username, by).await?;
        // Also hash for an email that has an account, so that the response takes equally long.
        let password_hash = self.core.hasher.hash(slot, &password).await?;
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let permit = self.core.email_verifier().check_cap(&tx, &email, by).await?;
        let registration = EmailVerification {
            address_taken: email_owner::find(&tx, &email, &self.core.limits, now).await?.is_some(),
            sign_up: Some(SignUp { username, password_hash }),
            ..EmailVerification::new(self.core.rng.id(now), OtpPurpose::Registration, email, now)
        };
        let id = registration.id;
        let step = self.core.email_verifier().begin(&tx, registration, permit, by).await?;
        hourly_counters::add(&tx, Metric::RegistrationBegun, now).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        tracing::info!(event = "registration.started", registration = %id, ip = %by.ip);
        Ok(step)
    }

    /// Returns the email that the link in an invitation was sent to, if the invitation is still
    /// valid.
    pub async fn invited_email(&self, token: &FlowToken) -> Result<Option<Email>, InternalError> {
        Ok(self
            .core
            .registration_policy
            .invited_email(self.core.store.reader(), Some(token), self.core.clock.now())
            .await?)
    }

    /// Spends the captcha and takes the code from the quota of the IP prefix before checking the
    /// username, so that bots cannot cheaply find out which usernames are taken.
    async fn admit(&self, passed: &Passed, username: &Username, by: &RequestContext) -> Result<(), ServiceError> {
        let tx = self.core.store.write().await?;
        self.core.captcha.spend(&tx, passed, by).await?;
        self.core.email_verifier().check_budget(&tx, OtpPurpose::Registration).await?;
        self.core.email_verifier().take_code(&tx, by).await?;
        let taken = accounts::by_username(&tx, username).await?.is_some();
        tx.commit().await?;
        if taken { Err(FieldErrors::one("username", USERNAME_TAKEN).into()) } else { Ok(()) }
    }
}
