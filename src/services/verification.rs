//! Verifying an email with its code and creating the account.

use sea_orm::ConnectionTrait;

use super::codes::{self, OtpAttempt, OtpContext};
use super::core::Core;
use super::email_owner;
use super::flow::{self, PendingRegistration, RegistrationEnded};
use super::outcome::{Flow, FlowChange, NextStep, ServiceError};
use super::request_context::RequestContext;
use super::sign_up_form::USERNAME_TAKEN;
use crate::crypto::OtpPurpose;
use crate::domain::{FieldErrors, Metric, NoticeKind, OtpCode, Role, Timestamp, Username};
use crate::paths;
use crate::store::accounts::NewAccount;
use crate::store::invitations::{self, Ending};
use crate::store::registrations::Registration;
use crate::store::{accounts, hourly_counters, registrations};

/// The service behind `/verify`.
#[derive(Clone, Copy, Debug)]
pub struct Verification<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn verification(&self) -> Verification<'_> {
        Verification { core: self }
    }
}

impl Verification<'_> {
    /// Checks a code and creates the account.
    ///
    /// The attempt is counted and committed before the code is compared, so that neither a crash
    /// nor parallel guesses allow more attempts than the limit.
    ///
    /// # Errors
    /// The same error next to `code`, whatever makes the code wrong, or [`ServiceError::Limited`]
    /// if there were too many wrong codes for the email or from the IP prefix.
    pub async fn verify(&self, code: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(code) = errors.check("code", OtpCode::parse(code)) else { return Err(errors.into()) };
        let (registration, counted) = self.count_try(by).await?;
        let context = otp_context(&registration);
        let tx = self.core.store.write().await?;
        let now = tx.now();
        if !self.core.codes().consume(&tx, context, &code, now).await? {
            drop(tx);
            self.core.codes().record_wrong(context, by);
            return self.wrong_code(by, now).await;
        }
        self.core.codes().mark_succeeded(&tx, counted, by).await?;
        self.finish(tx, registration, now).await
    }

    /// Finishes a verified registration with a different username.
    ///
    /// # Errors
    /// An error next to `username` if it is invalid or also taken.
    pub async fn choose_username(&self, username: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(username) = errors.check("username", Username::parse(username)) else { return Err(errors.into()) };
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let PendingRegistration { mut registration, .. } = self.pending(&tx, by, now).await?;
        if !registration.proven {
            return Ok(NextStep::go(paths::VERIFY));
        }
        if accounts::by_username(&tx, &username).await?.is_some() {
            return Err(FieldErrors::one("username", USERNAME_TAKEN).into());
        }
        registration.username = username;
        self.finish(tx, registration, now).await
    }

    /// Counts and commits one attempt against the flow and the email.
    async fn count_try(&self, by: &RequestContext) -> Result<(Registration, OtpAttempt), ServiceError> {
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let PendingRegistration { registration, .. } = self.pending(&tx, by, now).await?;
        if registration.proven {
            return Err(NextStep::go(paths::VERIFY).into());
        }
        let counted =
            self.core.codes().record_attempt(&tx, otp_context(&registration), registration.tries, by, now).await?;
        if !registrations::count_try(&tx, registration.id, self.core.limits.otp_tries).await? {
            return Err(RegistrationEnded::TriesUsed(Box::new(registration)).into());
        }
        tx.commit().await?;
        Ok((registration, counted))
    }

    /// Returns the response to a wrong code: the attempts left, or the way back to the start.
    async fn wrong_code(&self, by: &RequestContext, now: Timestamp) -> Result<NextStep, ServiceError> {
        let PendingRegistration { registration, .. } = self.pending(self.core.store.reader(), by, now).await?;
        Err(codes::wrong_code(registration.tries, self.core.limits.otp_tries))
    }

    async fn pending(
        &self,
        db: &impl ConnectionTrait,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<PendingRegistration, ServiceError> {
        flow::pending(db, by.flow.as_ref(), &self.core.registration_policy, &self.core.limits, now).await
    }

    /// Turns a verified registration into an account, in the transaction that consumed its code.
    /// This uses up an invitation for the email, even if none was required.
    async fn finish(
        &self,
        tx: crate::store::Transaction,
        registration: Registration,
        now: Timestamp,
    ) -> Result<NextStep, ServiceError> {
        let sign_in = NextStep::go(paths::LOGIN).with_flow(FlowChange::End(Flow::Registration));
        if email_owner::find(&tx, &registration.email, &self.core.limits, now).await?.is_some() {
            registrations::mark_finished(&tx, registration.id, now).await?;
            tx.commit().await?;
            return Ok(sign_in
                .with_notice(NoticeKind::Info, "This email address already has an account. Sign in to continue."));
        }
        if accounts::by_username(&tx, &registration.username).await?.is_some() {
            registrations::mark_proven(&tx, registration.id, now).await?;
            tx.commit().await?;
            return Ok(NextStep::go(paths::VERIFY));
        }
        // The invitation may have been revoked between the check of the flow and this transaction.
        if !invitations::end_for(&tx, &registration.email, Ending::Used, now).await?
            && let Some(reason) = self.core.registration_policy.rejection_reason(&tx, &registration.email, now).await?
        {
            return Err(RegistrationEnded::NotAllowed(reason).into());
        }
        let account = NewAccount {
            id: self.core.rng.id(now),
            username: registration.username.clone(),
            email: registration.email,
            password_hash: registration.password_hash,
            role: Role::User,
            created_at: now,
        };
        let id = account.id;
        accounts::insert(&tx, account).await?;
        registrations::mark_finished(&tx, registration.id, now).await?;
        hourly_counters::add(&tx, Metric::RegistrationFinished, registration.created_at).await?;
        tx.commit().await?;
        tracing::info!(event = "account.created", account = %id, registration = %registration.id);
        let text = "Your account is ready. Sign in to continue.";
        Ok(sign_in.with_notice(NoticeKind::Success, text).with_value("identifier", registration.username.as_str()))
    }
}

fn otp_context(registration: &Registration) -> OtpContext<'_> {
    OtpContext { purpose: OtpPurpose::Registration, flow: registration.id, email_key: registration.email.key() }
}
