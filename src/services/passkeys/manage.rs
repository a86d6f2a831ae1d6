//! Managing the passkeys of an account.

use uuid::Uuid;

use super::Passkeys;
use crate::domain::{FieldErrors, NoticeKind, PasskeyName, SecurityEvent};
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::services::second_factor::factor_removed;
use crate::store::passkeys::{self, StoredPasskey};

const REQUIRED: &str =
    "Two-step sign-in is required. Add an authenticator app or another passkey before you remove this one.";
const GONE: &str = "This passkey has already been removed.";

impl Passkeys<'_> {
    /// Returns the user's passkeys, oldest first.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn list(&self, by: &RequestContext) -> Result<Vec<StoredPasskey>, ServiceError> {
        Ok(passkeys::of_account(self.core.store.reader(), by.member()?.account_id).await?)
    }

    /// Renames a passkey.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`], an error next to `name`, or [`ServiceError::Refused`] if the user
    /// has no such passkey.
    pub async fn rename(&self, id: &str, name: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        by.member()?;
        let mut errors = FieldErrors::default();
        let Some(name) = errors.check("name", PasskeyName::parse(name)) else { return Err(errors.into()) };
        let id = parse(id)?;
        let own = self.core.begin_own(by).await?;
        if !passkeys::rename(&own.tx, own.account.id, id, &name).await? {
            return Err(ServiceError::Refused(GONE));
        }
        self.core
            .security_log()
            .record_with_detail(&own.tx, own.account.id, SecurityEvent::PasskeyRenamed, name.as_str(), by)
            .await?;
        own.commit().await?;
        Ok(NextStep::go(paths::ACCOUNT_SECURITY).with_notice(NoticeKind::Success, "Passkey renamed."))
    }

    /// Removes a passkey and notifies the owner by email.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`], [`ServiceError::SecondFactorRequired`], or [`ServiceError::Refused`] if the
    /// user has no such passkey or it is the only factor of an account that must have one.
    pub async fn remove(&self, id: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        by.authenticated_with_all_factors(self.core.clock.now())?;
        let id = parse(id)?;
        let own = self.core.begin_own_with_all_factors(by).await?;
        let (tx, account, account_id) = (&own.tx, &own.account, own.account.id);
        let factors = self.core.second_factor().factors(tx, account_id).await?;
        if !factors.app && factors.passkeys <= 1 && self.core.config.second_factor.applies_to(account.role) {
            return Err(ServiceError::Refused(REQUIRED));
        }
        self.core.count_change(&own, by).await?;
        let name = passkeys::remove(tx, account_id, id).await?.ok_or(ServiceError::Refused(GONE))?;
        let still_on = self.core.second_factor().removed(tx, account_id).await?;
        self.core
            .security_log()
            .record_with_detail(tx, account_id, SecurityEvent::PasskeyRemoved, name.as_str(), by)
            .await?;
        let about = NotificationKind::PasskeyRemoved { name: name.as_str().to_owned() };
        self.core.notifications().send(tx, account, about, by).await?;
        own.commit().await?;
        tracing::info!(event = "passkey.removed", account = %account_id, passkey = %id, ip = %by.ip);
        let message = format!("Passkey “{}” removed. You can also delete it on your device.", name.as_str());
        Ok(factor_removed(message, still_on))
    }
}

/// Parses a passkey's id. An invalid id gets the same response as an unknown one.
fn parse(id: &str) -> Result<Uuid, ServiceError> {
    Uuid::parse_str(id).map_err(|_| ServiceError::Refused(GONE))
}
