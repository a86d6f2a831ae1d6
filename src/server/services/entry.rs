//! Letting a person in, whichever factors they showed.

use crate::server::store::Transaction;

use super::devices::Devices;
use super::requester::Requester;
use super::security_log::SecurityLog;
use crate::domain::SecurityEvent;
use crate::server::clock::Clock;
use crate::server::crypto::FlowToken;
use crate::server::rng::Rng;
use crate::server::store::StoreError;
use crate::server::store::accounts::{self, Account};
use crate::server::store::sessions::SignedIn;

/// What a person showed to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Password,
    /// The password, in a browser that need not show a second factor.
    TrustedBrowser,
    PasswordAndApp,
    PasswordAndRecoveryCode,
    PasswordAndPasskey,
    Passkey,
}

impl Method {
    /// Whether it took two factors. A passkey is two: the device, and what unlocks it.
    #[must_use]
    pub fn is_two_step(self) -> bool {
        self != Self::Password
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Password => "with the password",
            Self::TrustedBrowser => "with the password, in a trusted browser",
            Self::PasswordAndApp => "with the password and an authenticator app",
            Self::PasswordAndRecoveryCode => "with the password and a recovery code",
            Self::PasswordAndPasskey => "with the password and a passkey",
            Self::Passkey => "with a passkey",
        }
    }
}

/// A person who is let in, and what their browser is to keep.
#[derive(Clone, Debug)]
pub struct Entered {
    pub signed_in: SignedIn,
    /// What the browser is recognised by at the next sign-in.
    pub device: Option<FlowToken>,
    /// The name in the cookie of a trusted browser, and its value.
    pub trusted: Option<(String, FlowToken)>,
}

/// The last step of every way to sign in.
#[derive(Clone, Debug)]
pub struct Entry {
    pub log: SecurityLog,
    pub devices: Devices,
    pub clock: Clock,
    pub rng: Rng,
}

impl Entry {
    /// Lets a person in, in the transaction that settled their factors; the
    /// owner is told of a browser that was not seen before.
    /// `account` is as it was when its password was looked at.
    ///
    /// # Errors
    /// Only faults.
    pub async fn admit(
        &self,
        tx: &Transaction,
        account: &Account,
        method: Method,
        remember: bool,
        by: &Requester,
    ) -> Result<Entered, StoreError> {
        let now = self.clock.now();
        let ip = by.ip.to_string();
        accounts::note_sign_in(tx, account.id, now, &ip).await?;
        self.log.note_about(tx, account.id, SecurityEvent::SignedIn, method.in_words(), by).await?;
        tracing::info!(event = "sign_in.succeeded", account = %account.id, how = method.in_words(), ip = %by.ip);
        let signed_in = SignedIn {
            account_id: account.id,
            epoch: account.epoch,
            handle: self.rng.id(now),
            remember,
            at: now.0,
            authenticated_at: now.0,
            two_step: method.is_two_step(),
            ip,
            user_agent: by.user_agent.clone(),
            previous_at: account.last_sign_in_at.map(|at| at.0),
            previous_ip: account.last_sign_in_ip.clone(),
        };
        let device = self.devices.recognise(tx, account, &signed_in, by).await?;
        Ok(Entered { signed_in, device: Some(device), trusted: None })
    }
}
