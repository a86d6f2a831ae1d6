//! Setting a new password with a recovery code.

use crate::store::Transaction;

use super::{PendingRecovery, Recovery, RecoveryEnded, may_recover, otp_context};
use crate::crypto::{PasswordContext, PasswordHash};
use crate::domain::{FieldErrors, NoticeKind, OtpCode, Password, SecurityEvent, Timestamp};
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::codes::{self, OtpAttempt};
use crate::services::outcome::{Flow, FlowChange, NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::store::accounts::{self, Account};
use crate::store::mail_links::{self, LinkPurpose};
use crate::store::{StoreError, email_changes, known_devices, otps, recoveries, sessions, trusted_browsers};

impl Recovery<'_> {
    /// Sets a new password with the mailed code.
    ///
    /// Until the code is verified, the password is checked without the account's username and
    /// email, so that the response reveals nothing about the account. It is then checked again with
    /// them. If that check rejects the password, neither the code nor an attempt is used up.
    ///
    /// # Errors
    /// An error next to `password`, the same error next to `code` whatever makes the code wrong,
    /// [`ServiceError::Limited`] after too many wrong codes, or [`ServiceError::Busy`] if the
    /// password hashing queue is full.
    pub async fn finish(&self, code: &str, password: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        if by.member.is_some() {
            return Ok(NextStep::go(paths::DASHBOARD));
        }
        let reader = self.core.store.reader();
        // Check this before validating the fields, so that users without a pending recovery are not
        // asked to correct them.
        self.waiting(reader, by.recovery.as_ref()).await?;
        let (code, password) = self.parse(code, password)?;
        // Reserve a hashing slot before using the database, so that during a flood requests are
        // rejected without waiting for the writer.
        let slot = self.core.password_check().enter()?;
        let (recovery, counted) = self.count_try(by).await?;
        let now = self.core.clock.now();
        if !self.core.codes().is_correct(reader, otp_context(&recovery), &code, now).await? {
            return self.reject_code(&recovery, by).await;
        }
        let account = match recovery.account_id {
            Some(id) => accounts::by_id(reader, id).await?.filter(|account| may_recover(&recovery, account)),
            None => None,
        };
        // The account was closed or its email was changed after the code was mailed.
        let Some(account) = account else { return self.reject_code(&recovery, by).await };
        let context = PasswordContext { username: account.username.as_str(), email: account.email.as_str() };
        if let Err(reason) = self.core.password_policy.check(&password, &context) {
            self.uncount_try(&recovery, counted, by).await?;
            return Err(FieldErrors::one("password", reason).into());
        }
        let hash = self.core.hasher.hash(slot, &password).await?;
        let tx = self.core.store.write().await?;
        let now = tx.now();
        if !self.core.codes().consume(&tx, otp_context(&recovery), &code, now).await? {
            drop(tx);
            return self.reject_code(&recovery, by).await;
        }
        self.core.codes().mark_succeeded(&tx, counted, by).await?;
        self.set_password(tx, &account, &hash, by, now).await
    }

    fn parse(&self, code: &str, password: &str) -> Result<(OtpCode, Password), ServiceError> {
        let mut errors = FieldErrors::default();
        let code = errors.check("code", OtpCode::parse(code));
        let password = errors.check("password", Password::parse_new(password));
        if let Some(password) = &password {
            let unknown_owner = PasswordContext { username: "", email: "" };
            errors.check("password", self.core.password_policy.check(password, &unknown_owner));
        }
        match (code, password) {
            (Some(code), Some(password)) if errors.is_empty() => Ok((code, password)),
            _ => Err(errors.into()),
        }
    }

    /// Counts and commits one attempt against the flow and the email.
    async fn count_try(&self, by: &RequestContext) -> Result<(recoveries::Recovery, OtpAttempt), ServiceError> {
        let tx = self.core.store.write().await?;
        let PendingRecovery { recovery, .. } = self.waiting(&tx, by.recovery.as_ref()).await?;
        let counted = self
            .core
            .codes()
            .record_attempt(&tx, otp_context(&recovery), recovery.tries, by, self.core.clock.now())
            .await?;
        if !recoveries::count_try(&tx, recovery.id, self.core.limits.otp_tries).await? {
            return Err(RecoveryEnded::TriesUsed(recovery.email_key).into());
        }
        tx.commit().await?;
        Ok((recovery, counted))
    }

    /// Reverts the counts of an attempt whose code was correct and was not consumed.
    async fn uncount_try(
        &self,
        recovery: &recoveries::Recovery,
        counted: OtpAttempt,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        let tx = self.core.store.write().await?;
        self.core.codes().mark_succeeded(&tx, counted, by).await?;
        recoveries::uncount_try(&tx, recovery.id).await?;
        otps::uncount_try(&tx, recovery.id, self.core.clock.now()).await?;
        tx.commit().await
    }

    /// Returns the response to a wrong code: the attempts left, or the way back to the start.
    async fn reject_code(
        &self,
        recovery: &recoveries::Recovery,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        // Another tab may have used the code while this request was in progress.
        if !recoveries::is_finished(self.core.store.reader(), recovery.id).await? {
            self.core.codes().record_wrong(otp_context(recovery), by);
        }
        let waiting = self.waiting(self.core.store.reader(), by.recovery.as_ref()).await?;
        Err(codes::wrong_code(waiting.recovery.tries, self.core.limits.otp_tries))
    }

    /// Sets the new password with all its consequences, in the transaction that consumed the code.
    /// It does not sign the user in, and two-step sign-in is unchanged.
    async fn set_password(
        &self,
        tx: Transaction,
        account: &Account,
        hash: &PasswordHash,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<NextStep, ServiceError> {
        // The account was closed after the code was checked, so there is nothing to recover.
        if !accounts::set_password(&tx, account.id, hash, None, now).await? {
            return Err(RecoveryEnded::NoFlow.into());
        }
        accounts::end_sessions(&tx, account.id).await?;
        sessions::end_all(&tx, account.id).await?;
        otps::invalidate_for_email(&tx, account.email.key(), now).await?;
        recoveries::finish_all(&tx, account.id, now).await?;
        email_changes::drop_pending(&tx, account.id, now).await?;
        trusted_browsers::forget_all(&tx, account.id).await?;
        // Forget all known devices, so that anyone who knew the old password causes a notice if
        // they sign in again, even from a browser they used before.
        known_devices::forget_all(&tx, account.id).await?;
        mail_links::forget_unused(&tx, account.id, LinkPurpose::EndSession).await?;
        self.core.password_check().reset_failures(&tx, account, by).await?;
        self.core.security_log().record(&tx, account.id, SecurityEvent::PasswordRecovered, by).await?;
        self.core.notifications().send(&tx, account, NotificationKind::PasswordRecovered, by).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        tracing::info!(event = "recovery.finished", account = %account.id, ip = %by.ip);
        let text = "Your password has been reset. Sign in with your new password.";
        Ok(NextStep::go(paths::LOGIN).with_notice(NoticeKind::Success, text).with_flow(FlowChange::End(Flow::Recovery)))
    }
}
