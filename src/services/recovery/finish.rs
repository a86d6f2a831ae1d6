//! Setting a new password with a recovery code.

use super::{Recovery, recoverable_account};
use crate::crypto::hash_queue::HashSlot;
use crate::crypto::{OtpPurpose, PasswordContext, PasswordHash};
use crate::domain::{EmailCode, FieldErrors, NoticeKind, Password, SecurityEvent};
use crate::mail::{NotificationKind, SignInMethod};
use crate::paths;
use crate::services::access_revocation;
use crate::services::email_verification::FlowEnded;
use crate::services::outcome::{Flow, FlowChange, NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::store::accounts::{self, Account};
use crate::store::mail_links::{self, LinkPurpose};
use crate::store::{Transaction, known_devices};

impl Recovery<'_> {
    /// Sets a new password with the mailed code.
    ///
    /// Until the code is verified, the password is checked without the account's username and
    /// email, so that the response reveals nothing about the account. It is then checked again with
    /// them. If that check rejects the password, neither the code nor an attempt is used up.
    ///
    /// # Errors
    /// An error next to `password`, the same error next to `code` for every wrong code, or
    /// [`ServiceError::Busy`] if the password hashing queue is full.
    pub async fn finish(&self, code: &str, password: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        if by.member.is_some() {
            return Ok(NextStep::go(paths::DASHBOARD));
        }
        let (reader, verifier) = (self.core.store.reader(), self.core.email_verifier());
        // Check this before validating the fields, so that users without a pending recovery are not
        // asked to correct them.
        verifier.pending(reader, OtpPurpose::Recovery, by).await?;
        // Reserve a hashing slot before using the database, so that during a flood requests are
        // rejected without waiting for the writer.
        let slot = self.core.password_check().enter(by)?;
        let (code, password) = self.parse(code, password, &slot).await?;
        let attempt = verifier.record_attempt(OtpPurpose::Recovery, by).await?;
        if !verifier.is_correct(&attempt, &code).await? {
            return Err(verifier.reject(&attempt, by).await);
        }
        let Some(account) = recoverable_account(reader, &attempt.verification).await? else {
            // The account was closed or its email was changed after the code was mailed.
            return Err(verifier.reject(&attempt, by).await);
        };
        let context = PasswordContext { username: account.username.as_str(), email: account.email.as_str() };
        if let Some(reason) = self.core.password_policy.refusal(&password, &context, &slot).await? {
            verifier.revert(attempt).await?;
            return Err(FieldErrors::one("password", reason).into());
        }
        let hash = self.core.hasher.hash(slot, &password).await?;
        let (tx, _) = verifier.consume(attempt, &code, by).await?;
        self.set_password(tx, &account, &hash, by).await
    }

    async fn parse(&self, code: &str, password: &str, slot: &HashSlot) -> Result<(EmailCode, Password), ServiceError> {
        let mut errors = FieldErrors::default();
        let code = errors.check("code", EmailCode::parse(code));
        let unknown_owner = PasswordContext { username: "", email: "" };
        let password = self.core.password_policy.parse(password, &unknown_owner, slot, &mut errors).await?;
        match (code, password) {
            (Some(code), Some(password)) if errors.is_empty() => Ok((code, password)),
            _ => Err(errors.into()),
        }
    }

    /// Sets the new password with all its consequences, in the transaction that consumed the code.
    /// It does not sign the user in. Two-step sign-in is unchanged, unless it is new: see
    /// [`remove_while_new`](crate::services::SecondFactor::remove_while_new).
    async fn set_password(
        &self,
        tx: Transaction,
        account: &Account,
        hash: &PasswordHash,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        let now = tx.now();
        // The account was closed after the code was checked, so there is nothing to recover.
        if !accounts::set_password(&tx, account.id, hash, None, now).await? {
            return Err(FlowEnded::NoFlow.into_next_step(OtpPurpose::Recovery, None).into());
        }
        access_revocation::revoke_all_access(&tx, account, now).await?;
        // Forget all known devices, so that anyone who knew the old password causes a notice if
        // they sign in again, even from a browser they used before.
        known_devices::forget_all(&tx, account.id).await?;
        mail_links::forget_unused(&tx, account.id, LinkPurpose::EndSession).await?;
        self.core.password_check().reset_failures(&tx, account).await?;
        self.core.security_log().record(&tx, account.id, SecurityEvent::PasswordRecovered, by).await?;
        let removed = self.core.second_factor().remove_while_new(&tx, account.id, by).await?;
        let remaining = self.core.second_factor().methods(&tx, account.id).await?;
        let text = message(&removed, &remaining);
        let about = NotificationKind::PasswordRecovered { removed, remaining };
        self.core.notifications().send(&tx, account, about, by).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        tracing::info!(event = "recovery.finished", account = %account.id, ip = %by.ip);
        Ok(NextStep::go(paths::LOGIN).with_notice(NoticeKind::Success, text).with_flow(FlowChange::End(Flow::Recovery)))
    }
}

/// Tells the user what the new password means for signing in.
fn message(removed: &[SignInMethod], remaining: &[SignInMethod]) -> String {
    let reset = "Your password has been reset. Sign in with your new password.";
    if !removed.is_empty() {
        return format!(
            "{reset} Two-step sign-in was on for less than 3 days, so it was turned off. You can add it again."
        );
    }
    if remaining.is_empty() {
        return reset.to_owned();
    }
    let list = SignInMethod::list(remaining);
    format!("{reset} Two-step sign-in stays on: {list}. If one of them isn't yours, remove it under Account, Security.")
}
