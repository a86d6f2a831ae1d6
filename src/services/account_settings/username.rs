//! Changing the username.

use super::AccountSettings;
use crate::domain::{FieldErrors, NoticeKind, SecurityEvent, Username};
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::services::sign_up_form::USERNAME_TAKEN;
use crate::services::username_policy;
use crate::store::accounts::{self, Account};

impl AccountSettings<'_> {
    /// Changes the username. Users may change the letter case of their own username.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`], [`ServiceError::ReauthenticationRequired`], or an error next to `username` if
    /// it is invalid, reserved or taken.
    pub async fn change_username(&self, username: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        by.recently_authenticated(self.core.clock.now())?;
        let mut errors = FieldErrors::default();
        let Some(username) = errors.check("username", Username::parse(username)) else { return Err(errors.into()) };
        let own = self.core.begin_own_reauthenticated(by).await?;
        let (tx, account) = (&own.tx, own.account.clone());
        if username == account.username {
            return Err(FieldErrors::one("username", "This is already your username.").into());
        }
        // A user whose name was reserved later keeps it, and can change its letter case.
        if username.key() != account.username.key() {
            let reserved = &self.core.registration_policy.reserved_usernames;
            if errors.check("username", username_policy::check(reserved, &username)).is_none() {
                return Err(errors.into());
            }
        }
        if accounts::by_username(tx, &username).await?.is_some_and(|owner| owner.id != account.id) {
            return Err(FieldErrors::one("username", USERNAME_TAKEN).into());
        }
        self.core.count_change(&own, by).await?;
        accounts::set_username(tx, account.id, &username).await?;
        let detail = format!("{} → {}", account.username.as_str(), username.as_str());
        self.core
            .security_log()
            .record_with_detail(tx, account.id, SecurityEvent::UsernameChanged, &detail, by)
            .await?;
        let renamed = Account { username, ..account };
        self.core.notifications().send(tx, &renamed, NotificationKind::UsernameChanged, by).await?;
        own.commit().await?;
        tracing::info!(event = "account.username_changed", account = %renamed.id, ip = %by.ip);
        let text = format!("Your username is now {}.", renamed.username.as_str());
        Ok(NextStep::go(paths::ACCOUNT).with_notice(NoticeKind::Success, text))
    }
}
