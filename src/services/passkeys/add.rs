//! Adding a passkey.

use super::{Passkeys, Shown};
use crate::crypto::passkey::{CeremonyStart, Purpose};
use crate::domain::limits::PASSKEYS_MAX;
use crate::domain::{PasskeyName, SecurityEvent};
use crate::mail::NotificationKind;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::store::passkeys::StoredPasskey;
use crate::store::{accounts, passkeys, spent_challenges};

const ENOUGH: &str = "You've reached the maximum number of passkeys. Remove one that you don't use.";
const NOT_ADDED: &str = "The passkey couldn't be added. Please try again.";
const USED: &str = "You may have already added this passkey in another tab. Reload the page to see your passkeys.";

impl Passkeys<'_> {
    /// Returns the options for creating a passkey. Recent authentication is required at this point
    /// already, so that the authenticator does not store a passkey that is then rejected.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`], [`ServiceError::ReauthenticationRequired`],
    /// [`ServiceError::SecondFactorRequired`], or [`ServiceError::Refused`] if the account has the maximum number of
    /// passkeys or the portal does not support them.
    pub async fn offer_adding(&self, by: &RequestContext) -> Result<CeremonyStart, ServiceError> {
        let now = self.core.clock.now();
        let member = by.authenticated_with_all_factors(now)?;
        let ceremonies = self.ceremonies()?;
        let reader = self.core.store.reader();
        let account = accounts::by_id(reader, member.account_id).await?.ok_or(ServiceError::Unauthenticated)?;
        let known = passkeys::of_account(reader, account.id).await?;
        if known.len() >= PASSKEYS_MAX {
            return Err(ServiceError::Refused(ENOUGH));
        }
        let known = known.into_iter().map(|passkey| passkey.key.cred_id().clone()).collect();
        Ok(ceremonies.begin_adding(account.id, &account.username, known, now)?)
    }

    /// Adds the passkey that an authenticator created.
    ///
    /// # Errors
    /// Those of [`Passkeys::offer_adding`], or [`ServiceError::Refused`] if the passkey does not
    /// match the options.
    pub async fn add(&self, shown: Shown<'_>, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let now = self.core.clock.now();
        let account_id = by.authenticated_with_all_factors(now)?.account_id;
        let ceremonies = self.ceremonies()?;
        let returned = ceremonies.read(shown.state, Purpose::Add, Some(account_id), now);
        let returned = returned.ok_or(ServiceError::Refused(NOT_ADDED))?;
        let own = self.core.begin_own_with_all_factors(by).await?;
        let (tx, now) = (&own.tx, own.tx.now());
        if !spent_challenges::spend(tx, &returned.id, returned.expires_at).await? {
            return Err(ServiceError::Refused(USED));
        }
        let key = match ceremonies.finish_adding(returned, shown.credential) {
            Ok(key) => key,
            Err(why) => {
                tracing::info!(event = "passkey.not_added", %why, account = %account_id, ip = %by.ip);
                own.commit().await?;
                return Err(ServiceError::Refused(NOT_ADDED));
            }
        };
        // Checked again within the transaction, so that two tabs cannot exceed the limit.
        let before = self.core.second_factor().factors(tx, account_id).await?;
        if before.passkeys >= PASSKEYS_MAX as u64 {
            return Err(ServiceError::Refused(ENOUGH));
        }
        self.core.count_change(&own, by).await?;
        let name = PasskeyName::of_browser(&by.browser());
        let (id, added_by) = (self.core.rng.id(now), own.origin());
        let passkey = StoredPasskey { id, account_id, name, key, created_at: now, last_used_at: None, added_by };
        if !passkeys::insert(tx, &passkey).await? {
            return Err(ServiceError::Refused(NOT_ADDED));
        }
        self.core
            .security_log()
            .record_with_detail(tx, account_id, SecurityEvent::PasskeyAdded, passkey.name.as_str(), by)
            .await?;
        let added = self.core.second_factor().added(&own, !before.any(), by).await?;
        let (name, undo) = (passkey.name.as_str().to_owned(), Some(self.core.second_factor().undo_link(&own).await?));
        let about = NotificationKind::PasskeyAdded { name, undo };
        self.core.notifications().send(tx, &own.account, about, by).await?;
        own.commit().await?;
        tracing::info!(event = "passkey.added", account = %account_id, passkey = %passkey.id, ip = %by.ip);
        Ok(added.into_next_step(&format!("Passkey “{}” added.", passkey.name.as_str())))
    }
}
