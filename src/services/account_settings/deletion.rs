//! Scheduling the deletion of an account, which can be canceled for a limited time.

use super::AccountSettings;
use crate::domain::{FieldErrors, NoticeKind, Role, SecurityEvent, Username};
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::access_revocation;
use crate::services::outcome::{NextStep, ServiceError, SessionChange};
use crate::services::request_context::RequestContext;
use crate::store::accounts;
use crate::store::mail_links::LinkPurpose;

const CONFIRM: &str = "Enter your username to confirm.";
const LAST_ADMINISTRATOR: &str =
    "You're the last active administrator. Add another one before you delete your account.";

impl AccountSettings<'_> {
    /// Closes the account until it is deleted, and mails a link that cancels the deletion. All
    /// sessions end, including the current one. `confirmation` must be the username.
    ///
    /// # Errors
    /// An error next to `confirmation` or `password`, [`ServiceError::Limited`] after too many
    /// wrong passwords, or [`ServiceError::Refused`] if the user is the only administrator.
    pub async fn delete(
        &self,
        confirmation: &str,
        password: &str,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        let account = self.current_account(by).await?;
        let typed = Username::parse(confirmation).ok();
        let mut errors = FieldErrors::default();
        if typed.is_none_or(|typed| typed.key() != account.username.key()) {
            errors.add("confirmation", CONFIRM);
        }
        if password.is_empty() {
            errors.add("password", "Enter your password.");
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let (checked, verified) = self.core.reauthentication().own_password("password", password, by).await?;
        let own = self.core.begin_own(by).await?;
        let (tx, account, now) = (&own.tx, &own.account, own.tx.now());
        if account.password_hash != checked.password_hash {
            return Err(ServiceError::Unauthenticated);
        }
        self.core.password_check().mark_succeeded(tx, verified).await?;
        if account.role == Role::Administrator && !accounts::is_another_administrator(tx, account.id).await? {
            own.commit().await?;
            return Err(ServiceError::Refused(LAST_ADMINISTRATOR));
        }
        let delete_at = now + self.core.limits.deletion_grace;
        accounts::close_until_deletion(tx, account.id, delete_at).await?;
        access_revocation::revoke_all_access(tx, account, now).await?;
        let link = self.core.notifications().link(tx, LinkPurpose::KeepAccount, account, None, delete_at).await?;
        self.core.security_log().record(tx, account.id, SecurityEvent::DeletionScheduled, by).await?;
        self.core
            .notifications()
            .send(tx, account, NotificationKind::DeletionScheduled { link, on: delete_at }, by)
            .await?;
        let account_id = account.id;
        own.commit().await?;
        tracing::info!(event = "account.deletion_scheduled", account = %account_id, ip = %by.ip);
        let text = "Your account is closed and will be deleted. If you change your mind, use the link in the email we sent you.";
        Ok(NextStep::go(paths::LOGIN).with_notice(NoticeKind::Info, text).with_session(SessionChange::End))
    }
}
