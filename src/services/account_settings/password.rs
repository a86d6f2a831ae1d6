//! Changing the password, which requires the current one.

use super::AccountSettings;
use crate::crypto::PasswordContext;
use crate::domain::{FieldErrors, NoticeKind, SecurityEvent};
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::outcome::{NextStep, ServiceError, SessionChange};
use crate::services::request_context::RequestContext;
use crate::store::{accounts, email_verifications, otps, sessions, totp, trusted_browsers};

const ALREADY_CHANGED: &str = "Your password has just been changed. Reload the page.";

impl AccountSettings<'_> {
    /// Changes the password and ends all other sessions. Returns the new session version, with
    /// which the current session continues.
    ///
    /// # Errors
    /// An error next to either password, [`ServiceError::Limited`] after too many wrong passwords,
    /// or [`ServiceError::Busy`] if the password hashing queue is full.
    pub async fn change_password(
        &self,
        current: &str,
        password: &str,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        let account = self.current_account(by).await?;
        let mut errors = FieldErrors::default();
        if current.is_empty() {
            errors.add("current_password", "Enter your current password.");
        }
        // Reserve the slot for the new password first, so that a full queue is noticed before the
        // current password is checked.
        let slot = self.core.password_check().enter(by)?;
        let context = PasswordContext { username: account.username.as_str(), email: account.email.as_str() };
        let password = self.core.password_policy.parse(password, &context, &slot, &mut errors).await?;
        let Some(password) = password.filter(|_| errors.is_empty()) else { return Err(errors.into()) };
        let (account, verified) = self.core.reauthentication().own_password("current_password", current, by).await?;
        let hash = self.core.hasher.hash(slot, &password).await?;
        let own = self.core.begin_own(by).await?;
        let (tx, member, now) = (&own.tx, own.member, own.tx.now());
        self.core.password_check().mark_succeeded(tx, verified).await?;
        if !accounts::set_password(tx, account.id, &hash, Some(&account.password_hash), now).await? {
            return Err(ServiceError::Refused(ALREADY_CHANGED));
        }
        self.core.count_change(&own, by).await?;
        accounts::end_sessions(tx, account.id).await?;
        sessions::end_others(tx, account.id, member.session).await?;
        trusted_browsers::forget_all(tx, account.id).await?;
        totp::cancel(tx, account.id).await?;
        otps::invalidate_for_email(tx, account.email.key(), now).await?;
        email_verifications::finish_recoveries(tx, account.id, now).await?;
        self.core.security_log().record(tx, account.id, SecurityEvent::PasswordChanged, by).await?;
        self.core.notifications().send(tx, &account, NotificationKind::PasswordChanged, by).await?;
        let session_version = own.account.session_version + 1;
        own.commit().await?;
        tracing::info!(event = "account.password_changed", account = %account.id, ip = %by.ip);
        let text = "Password changed. You've been signed out on other devices.";
        let done = NextStep::go(paths::ACCOUNT).with_notice(NoticeKind::Success, text);
        Ok(done.with_session(SessionChange::Renewed(session_version)))
    }
}
