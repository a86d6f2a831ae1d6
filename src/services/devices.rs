//! Recognizing the browsers that a user signs in with, and notifying the user of a new one.

use super::core::Core;
use super::request_context::RequestContext;
use crate::crypto::FlowToken;
use crate::domain::{SecurityEvent, Timestamp};
use crate::limits::{DAY, DEVICES_KEPT, HOUR, NEW_DEVICE_NOTICES_PER_HOUR, NEW_DEVICES_PER_DAY};
use crate::mail::NotificationKind;
use crate::store::accounts::Account;
use crate::store::known_devices::{self, NewDevice};
use crate::store::mail_links::LinkPurpose;
use crate::store::sessions::SignedIn;
use crate::store::{StoreError, Transaction};

/// Keeps track of the browsers that each account was used in.
///
/// A browser is recognized by a random value in a cookie of its own. The cookie is not a
/// credential; it only prevents a notice from being sent.
#[derive(Clone, Copy, Debug)]
pub struct Devices<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn devices(&self) -> Devices<'_> {
        Devices { core: self }
    }
}

impl Devices<'_> {
    /// Records the browser of a sign-in and notifies the owner if the account was not used in it
    /// before. Returns the value to store in the browser.
    ///
    /// The first sign-in of an account sends no notice, because the owner has just verified the
    /// email. `account` must be as it was before this sign-in. After [`NEW_DEVICES_PER_DAY`], the
    /// account can be used in further browsers, but they are not remembered.
    pub async fn remember(
        &self,
        tx: &Transaction,
        account: &Account,
        signed_in: &SignedIn,
        by: &RequestContext,
    ) -> Result<FlowToken, StoreError> {
        let now = self.core.clock.now();
        let token = by.device.clone().unwrap_or_else(|| FlowToken::generate(&self.core.rng));
        if known_devices::touch(tx, account.id, token.digest(), now).await? {
            return Ok(token);
        }
        if known_devices::new_since(tx, account.id, now - DAY).await? >= NEW_DEVICES_PER_DAY {
            self.core.security_log().record(tx, account.id, SecurityEvent::NewDevice, by).await?;
            return Ok(token);
        }
        let first_sign_in = account.last_sign_in_at.is_none() && !known_devices::any(tx, account.id).await?;
        let new = NewDevice { id: self.core.rng.id(now), account_id: account.id, digest: token.digest(), at: now };
        if known_devices::insert(tx, new).await? {
            known_devices::keep_newest(tx, account.id, DEVICES_KEPT).await?;
            if !first_sign_in {
                self.notify_owner(tx, account, signed_in, now, by).await?;
            }
        }
        Ok(token)
    }

    async fn notify_owner(
        &self,
        tx: &Transaction,
        account: &Account,
        signed_in: &SignedIn,
        now: Timestamp,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        self.core.security_log().record(tx, account.id, SecurityEvent::NewDevice, by).await?;
        if known_devices::new_since(tx, account.id, now - HOUR).await? > NEW_DEVICE_NOTICES_PER_HOUR {
            return Ok(());
        }
        // The link is valid for as long as the session can last.
        let until = self.core.sessions.ends_at(now, signed_in.remember);
        let link =
            self.core.notifications().link(tx, LinkPurpose::EndSession, account, Some(signed_in.handle), until).await?;
        self.core.notifications().send(tx, account, NotificationKind::NewDevice { link }, by).await
    }
}
