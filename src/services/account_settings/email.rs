//! Changing the email, after the new one was verified.

use super::AccountSettings;
use crate::crypto::OtpPurpose;
use crate::domain::{Email, FieldErrors, NoticeKind, SecurityEvent};
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::services::{email_domain_policy, email_owner};
use crate::store::accounts::{self, Account};
use crate::store::email_changes::{self, EmailChange};
use crate::store::email_verifications::{self, EmailVerification};
use crate::store::mail_links::LinkPurpose;
use crate::store::{StoreError, Transaction, otps};

const TAKEN: &str = "Another account uses this email address. Yours hasn't changed.";

impl AccountSettings<'_> {
    /// Mails a code to a new email. The account is unchanged until the code is entered. This
    /// replaces an earlier pending change. If the email belongs to another account, the response is
    /// the same, but no code is mailed and its owner is notified.
    ///
    /// # Errors
    /// An error next to `email`, [`ServiceError::Limited`] if a limit on codes is reached, or
    /// [`ServiceError::ReauthenticationRequired`] if the user did not recently authenticate.
    pub async fn change_email(&self, email: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        by.recently_authenticated(self.core.clock.now())?;
        let mut errors = FieldErrors::default();
        let Some(email) = errors.check("email", Email::parse(email)) else { return Err(errors.into()) };
        if errors.check("email", email_domain_policy::check(&self.core.registration_policy.emails, &email)).is_none() {
            return Err(errors.into());
        }
        let own = self.core.begin_own_reauthenticated(by).await?;
        let (tx, account, now) = (&own.tx, &own.account, own.tx.now());
        if email.key() == account.email.key() {
            return Err(FieldErrors::one("email", "This is already your email address.").into());
        }
        self.core.count_change(&own, by).await?;
        let permit = self.core.email_verifier().check_limits(tx, OtpPurpose::EmailChange, &email, by).await?;
        let owner = email_owner::find(tx, &email, &self.core.limits, now).await?;
        let detail = old_and_new(&account.email, &email);
        let change = EmailVerification {
            account_id: Some(account.id),
            address_taken: owner.is_some_and(|owner| owner.account_id != account.id),
            ..EmailVerification::new(self.core.rng.id(now), OtpPurpose::EmailChange, email, now)
        };
        let step = self.core.email_verifier().begin(tx, change, permit, by).await?;
        self.core
            .security_log()
            .record_with_detail(tx, account.id, SecurityEvent::EmailChangeAsked, &detail, by)
            .await?;
        own.commit().await?;
        Ok(step)
    }

    /// Returns the new email of the user's pending change, if there is one.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn pending_email(&self, by: &RequestContext) -> Result<Option<Email>, ServiceError> {
        let pending = self.core.email_verifier().pending(self.core.store.reader(), OtpPurpose::EmailChange, by).await;
        match pending {
            Ok(pending) => Ok(Some(pending.verification.email)),
            Err(ServiceError::Redirect(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Cancels the pending change.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn cancel_email_change(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let own = self.core.begin_own(by).await?;
        email_verifications::drop_email_change(&own.tx, own.account.id, own.tx.now()).await?;
        let text = format!("Email change canceled. Your email address is still {}.", own.account.email.as_str());
        own.commit().await?;
        Ok(NextStep::go(paths::ACCOUNT).with_notice(NoticeKind::Info, text))
    }

    /// Checks the code and changes the email. The old email receives a notice with a link that
    /// undoes the change, and stays reserved for this account until the link expires.
    ///
    /// # Errors
    /// The same error next to `code` for every wrong code, or [`ServiceError::Limited`]
    /// after too many wrong codes.
    pub async fn confirm_email(&self, code: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        by.member()?;
        let (tx, verified) = self.core.email_verifier().verify(OtpPurpose::EmailChange, code, by).await?;
        let own = self.core.continue_own(tx, by).await?;
        let (tx, account, now) = (&own.tx, &own.account, own.tx.now());
        email_verifications::finish(tx, verified.id, now).await?;
        let owner = email_owner::find(tx, &verified.email, &self.core.limits, now).await?;
        if owner.is_some_and(|owner| owner.account_id != account.id) {
            own.commit().await?;
            return Ok(NextStep::go(paths::ACCOUNT).with_notice(NoticeKind::Warning, TAKEN));
        }
        let text = format!("Your email address is now {}.", verified.email.as_str());
        let change = EmailChange {
            id: verified.id,
            account_id: account.id,
            email: verified.email,
            old_email: account.email.clone(),
            created_at: verified.created_at,
            confirmed_at: now,
            changed_by: Some(own.member.session),
        };
        self.apply_change(tx, account, change, by).await?;
        let account_id = account.id;
        own.commit().await?;
        tracing::info!(event = "account.email_changed", account = %account_id, ip = %by.ip);
        Ok(NextStep::go(paths::ACCOUNT).with_notice(NoticeKind::Success, text))
    }

    /// Applies the change: cancels recoveries, notifies the old email, and records the change.
    /// Sessions continue.
    async fn apply_change(
        &self,
        tx: &Transaction,
        account: &Account,
        change: EmailChange,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        let now = tx.now();
        accounts::set_email(tx, account.id, &change.email).await?;
        otps::invalidate_for_email(tx, change.old_email.key(), now).await?;
        email_verifications::finish_recoveries(tx, account.id, now).await?;
        let until = now + self.core.limits.email_undo;
        let notifications = self.core.notifications();
        let link = notifications.link(tx, LinkPurpose::UndoEmailChange, account, Some(change.id), until).await?;
        let kind = NotificationKind::EmailChanged { link };
        notifications.send_to(tx, &change.old_email, account, kind, by).await?;
        let detail = old_and_new(&change.old_email, &change.email);
        self.core.security_log().record_with_detail(tx, account.id, SecurityEvent::EmailChanged, &detail, by).await?;
        email_changes::insert(tx, change).await
    }
}

/// Returns both emails, for the owner's security log.
fn old_and_new(old: &Email, new: &Email) -> String {
    format!("{} → {}", old.as_str(), new.as_str())
}
