//! Verifying the email of a registration and creating the account.

use super::Registration;
use crate::crypto::OtpPurpose;
use crate::domain::{FieldErrors, Metric, NoticeKind, Role, Username};
use crate::paths;
use crate::services::email_verification::FlowEnded;
use crate::services::outcome::{Flow, FlowChange, NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::services::sign_up_form::USERNAME_TAKEN;
use crate::services::{email_owner, username_policy};
use crate::store::accounts::NewAccount;
use crate::store::email_verifications::{EmailVerification, SignUp};
use crate::store::invitations::{self, Ending};
use crate::store::{StoreError, Transaction, accounts, email_verifications, hourly_counters};

impl Registration<'_> {
    /// Checks a code and creates the account.
    ///
    /// # Errors
    /// The same error next to `code` for every wrong code, or [`ServiceError::Limited`]
    /// if there were too many wrong codes for the email or from the IP prefix.
    pub async fn verify(&self, code: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let (tx, registration) = self.core.email_verifier().verify(OtpPurpose::Registration, code, by).await?;
        self.finish(tx, registration, None).await
    }

    /// Finishes a verified registration with a different username.
    ///
    /// # Errors
    /// An error next to `username` if it is invalid, reserved or also taken.
    pub async fn choose_username(&self, username: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(username) = errors.check("username", Username::parse(username)) else { return Err(errors.into()) };
        let reserved = &self.core.registration_policy.reserved_usernames;
        if errors.check("username", username_policy::check(reserved, &username)).is_none() {
            return Err(errors.into());
        }
        let tx = self.core.store.write().await?;
        let pending = self.core.email_verifier().pending(&tx, OtpPurpose::Registration, by).await?;
        if !pending.verification.proven {
            return Ok(NextStep::go(paths::VERIFY));
        }
        if accounts::by_username(&tx, &username).await?.is_some() {
            return Err(FieldErrors::one("username", USERNAME_TAKEN).into());
        }
        self.finish(tx, pending.verification, Some(username)).await
    }

    /// Turns a verified registration into an account, in the transaction that consumed its code.
    /// This uses up an invitation for the email, even if none was required.
    async fn finish(
        &self,
        tx: Transaction,
        registration: EmailVerification,
        other_username: Option<Username>,
    ) -> Result<NextStep, ServiceError> {
        let now = tx.now();
        let Some(SignUp { username, password_hash }) = registration.sign_up else {
            return Err(StoreError::Corrupt("email_verification.username").into());
        };
        let username = other_username.unwrap_or(username);
        let sign_in = NextStep::go(paths::LOGIN).with_flow(FlowChange::End(Flow::Registration));
        if email_owner::find(&tx, &registration.email, &self.core.limits, now).await?.is_some() {
            email_verifications::finish(&tx, registration.id, now).await?;
            tx.commit().await?;
            return Ok(sign_in
                .with_notice(NoticeKind::Info, "This email address already has an account. Sign in to continue."));
        }
        if accounts::by_username(&tx, &username).await?.is_some() {
            email_verifications::mark_proven(&tx, registration.id, now).await?;
            tx.commit().await?;
            return Ok(NextStep::go(paths::VERIFY));
        }
        // The invitation may have been revoked between the check of the flow and this transaction.
        if !invitations::end_for(&tx, &registration.email, Ending::Used, now).await?
            && let Some(reason) = self.core.registration_policy.rejection_reason(&tx, &registration.email, now).await?
        {
            return Err(FlowEnded::NotAllowed(reason).into_next_step(OtpPurpose::Registration, None).into());
        }
        let account = NewAccount {
            id: self.core.rng.id(now),
            username: username.clone(),
            email: registration.email,
            password_hash,
            role: Role::User,
            created_at: now,
        };
        let id = account.id;
        accounts::insert(&tx, account).await?;
        email_verifications::finish(&tx, registration.id, now).await?;
        hourly_counters::add(&tx, Metric::RegistrationFinished, registration.created_at).await?;
        tx.commit().await?;
        tracing::info!(event = "account.created", account = %id, registration = %registration.id);
        let text = "Your account is ready. Sign in to continue.";
        Ok(sign_in.with_notice(NoticeKind::Success, text).with_value("identifier", username.as_str()))
    }
}
