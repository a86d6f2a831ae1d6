//! Verifying passkeys.

use uuid::Uuid;

use super::{Passkeys, Shown, UNKNOWN};
use crate::crypto::passkey::{Assertion, CeremonyStart, CredentialRejection, Purpose};
use crate::domain::SecurityEvent;
use crate::mail::NotificationKind;
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::accounts::{self, Account};
use crate::store::lineage::Lineage;
use crate::store::{StoreError, Transaction, passkeys, spent_challenges};

/// An account that a passkey authenticates.
#[derive(Debug)]
pub(super) struct Authenticated {
    pub account: Account,
    /// Where the passkey comes from.
    pub origin: Lineage,
}

impl Passkeys<'_> {
    /// Returns the options for using a passkey: one of this account's passkeys, or any that the
    /// browser has. Writes nothing.
    pub(super) async fn offer(&self, purpose: Purpose, account: Option<Uuid>) -> Result<CeremonyStart, ServiceError> {
        let ceremonies = self.ceremonies()?;
        let allowed = match account {
            Some(account) => passkeys::of_account(self.core.store.reader(), account).await?,
            None => Vec::new(),
        };
        let allowed: Vec<_> = allowed.into_iter().map(|passkey| passkey.key).collect();
        Ok(ceremonies.begin_using(purpose, account, &allowed, self.core.clock.now())?)
    }

    /// Verifies a passkey and begins the transaction of the action it authorizes. `account` is the
    /// required owner, if known.
    ///
    /// The ceremony is spent whether or not it succeeds. Attempts are not limited, because a passkey
    /// cannot be guessed.
    pub(super) async fn authenticate(
        &self,
        purpose: Purpose,
        account: Option<Uuid>,
        shown: Shown<'_>,
        by: &RequestContext,
    ) -> Result<(Transaction, Authenticated), ServiceError> {
        self.ceremonies()?;
        let tx = self.core.store.write().await?;
        match self.verify(&tx, purpose, account, shown, by).await? {
            Some(authenticated) => Ok((tx, authenticated)),
            None => {
                // The ceremony stays spent, and a copied passkey is mailed.
                tx.commit().await?;
                self.core.mailer.wake();
                self.core.captcha.count_failure(by);
                Err(ServiceError::Refused(UNKNOWN))
            }
        }
    }

    /// Returns the account that a passkey authenticates, or `None` if the passkey is rejected. Call
    /// this in the transaction of the action it authorizes. The same work is done whatever makes
    /// the passkey wrong.
    pub(super) async fn verify(
        &self,
        tx: &Transaction,
        purpose: Purpose,
        account: Option<Uuid>,
        shown: Shown<'_>,
        by: &RequestContext,
    ) -> Result<Option<Authenticated>, StoreError> {
        let now = self.core.clock.now();
        let refused = |why: &dyn std::fmt::Display| tracing::info!(event = "passkey.refused", %why, ip = %by.ip);
        let Some(party) = &self.core.relying_party else { return Ok(None) };
        let returned = party.ceremonies.read(shown.state, purpose, account, now);
        let (Some(returned), Some(assertion)) = (returned, Assertion::parse(shown.credential)) else {
            refused(&CredentialRejection::Mismatch);
            return Ok(None);
        };
        if !spent_challenges::spend(tx, &returned.id, returned.expires_at).await? {
            refused(&"the ceremony was already used");
            return Ok(None);
        }
        let found = passkeys::by_credential(tx, assertion.credential_id()).await?;
        let mut passkey = found.filter(|passkey| {
            // Without a known account, the authenticator's user handle must identify the owner.
            let owner_matches =
                assertion.user_handle().map_or(account.is_some(), |handle| handle == passkey.account_id.as_bytes());
            owner_matches && account.is_none_or(|account| account == passkey.account_id)
        });
        let owner = passkey.as_ref().map_or(Uuid::nil(), |passkey| passkey.account_id);
        let owner = accounts::by_id(tx, owner).await?.filter(Account::is_open);
        let result =
            party.ceremonies.finish_using(returned, &assertion, passkey.as_mut().map(|passkey| &mut passkey.key));
        match (result, passkey, owner) {
            (Ok(()), Some(passkey), Some(owner)) => {
                passkeys::record_use(tx, &passkey, now).await?;
                Ok(Some(Authenticated { account: owner, origin: passkey.added_by }))
            }
            (Err(CredentialRejection::Cloned), Some(passkey), owner) => {
                tracing::warn!(event = "passkey.cloned", account = %passkey.account_id, passkey = %passkey.id, ip = %by.ip);
                if let Some(owner) = owner {
                    let about = NotificationKind::PasskeyCloned { name: passkey.name.as_str().to_owned() };
                    self.core.notifications().report(tx, &owner, SecurityEvent::PasskeyCloned, about, by).await?;
                }
                Ok(None)
            }
            (Err(why), ..) => {
                refused(&why);
                Ok(None)
            }
            (Ok(()), ..) => {
                refused(&"the account is closed");
                Ok(None)
            }
        }
    }
}
