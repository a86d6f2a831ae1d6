//! The ceremonies of passkeys (W3C Web Authentication, level 3).
//!
//! Two steps each: options for the browser, then the judgement of what its
//! authenticator made of them. What has to be known in between goes to the
//! browser and back sealed, so that asking for options keeps nothing.

mod ceremony;
mod decoy;

use std::fmt;

use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder, WebauthnError,
};

pub use ceremony::{CEREMONY, Purpose, Returned};
use ceremony::{Ceremony, Seal};
pub use webauthn_rs::prelude::Passkey;

use super::KeyRing;
use crate::domain::{Timestamp, Username};
use crate::server::rng::Rng;

/// What a browser needs for one ceremony.
#[derive(Clone, Debug)]
pub struct Begun {
    /// `publicKey` as JSON, for `PublicKeyCredential.parse…OptionsFromJSON`.
    pub options: String,
    /// What has to come back with the credential.
    pub state: String,
}

/// A ceremony cannot be begun. Never a person's mistake.
#[derive(Debug, thiserror::Error)]
pub enum CeremonyError {
    #[error("passkeys: {0}")]
    Library(#[from] WebauthnError),
    #[error("passkeys: {0}")]
    Json(#[from] serde_json::Error),
    #[error("passkeys: {0}")]
    Seal(#[from] super::sealed::Unsealable),
}

/// Why a credential does not count. The person hears one sentence for all of
/// them; the log is told which.
#[derive(Debug, thiserror::Error)]
pub enum Unproven {
    /// Its counter did not go up: there may be a copy of it (section 6.1.1).
    #[error("its counter went back")]
    Cloned,
    #[error("{0}")]
    Wrong(WebauthnError),
    #[error("it does not fit its ceremony")]
    Foreign,
}

/// What an authenticator signed, before anything about it is believed.
#[derive(Clone, Debug)]
pub struct Assertion(PublicKeyCredential);

impl Assertion {
    /// Reads `credential.toJSON()` of a sign-in.
    #[must_use]
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    #[must_use]
    pub fn credential_id(&self) -> &[u8] {
        self.0.get_credential_id()
    }

    /// The account that the authenticator keeps the passkey for. One that was
    /// told which passkeys may be used need not say.
    #[must_use]
    pub fn user_handle(&self) -> Option<&[u8]> {
        self.0.get_user_unique_id()
    }
}

/// Begins ceremonies and judges how they ended. Lives as long as the process.
#[derive(Clone)]
pub struct Ceremonies {
    webauthn: Webauthn,
    seal: Seal,
}

impl Ceremonies {
    /// Ceremonies for the host name `id`, on pages of `origin` alone.
    ///
    /// # Errors
    /// When `id` is not the name, or the end of the name, of the origin's host.
    pub fn new(id: &str, origin: &str, name: &str, keys: &KeyRing, rng: Rng) -> Result<Self, WebauthnError> {
        let origin = Url::parse(origin).map_err(|_| WebauthnError::Configuration)?;
        let webauthn = WebauthnBuilder::new(id, &origin)?.rp_name(name).timeout(CEREMONY).build()?;
        Ok(Self { webauthn, seal: Seal::new(keys, rng) })
    }

    /// Options for making a passkey that signs in by itself: kept by the
    /// authenticator under the account's id, and used only by whom it has verified.
    ///
    /// # Errors
    /// Only faults.
    pub fn begin_adding(
        &self,
        account: Uuid,
        username: &Username,
        known: Vec<Vec<u8>>,
        now: Timestamp,
    ) -> Result<Begun, CeremonyError> {
        let name = username.as_str();
        let (options, state) = self.webauthn.start_passkey_registration(account, name, name, Some(known))?;
        let mut options = serde_json::to_value(options.public_key)?;
        // The library leaves the choice to the authenticator. One that keeps nothing could not be
        // asked without a username.
        options["authenticatorSelection"]["residentKey"] = "required".into();
        options["authenticatorSelection"]["requireResidentKey"] = true.into();
        self.begun(Purpose::Add, Some(account), &options, serde_json::to_value(state)?, now)
    }

    /// Options for using a passkey: any that the browser has when no account is
    /// known yet, else one of `allowed`.
    ///
    /// # Errors
    /// Only faults.
    pub fn begin_using(
        &self,
        purpose: Purpose,
        account: Option<Uuid>,
        allowed: &[Passkey],
        now: Timestamp,
    ) -> Result<Begun, CeremonyError> {
        let (options, state) = self.webauthn.start_discoverable_authentication()?;
        let mut options = serde_json::to_value(options.public_key)?;
        options["allowCredentials"] = allowed.iter().map(descriptor).collect::<Result<Value, _>>()?;
        self.begun(purpose, account, &options, serde_json::to_value(state)?, now)
    }

    fn begun(
        &self,
        purpose: Purpose,
        account: Option<Uuid>,
        options: &Value,
        state: Value,
        now: Timestamp,
    ) -> Result<Begun, CeremonyError> {
        let ceremony = Ceremony { purpose, account, expires_at: (now + CEREMONY).0, state };
        Ok(Begun { options: options.to_string(), state: self.seal.close(&ceremony, now)? })
    }

    /// Reads a state that came back. One that was sealed elsewhere, for another
    /// purpose or account, or too long ago, is `None`.
    #[must_use]
    pub fn read(&self, state: &str, purpose: Purpose, account: Option<Uuid>, now: Timestamp) -> Option<Returned> {
        self.seal.open(state, purpose, account, now)
    }

    /// Judges a new passkey: `credential` is its `toJSON()`.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn finish_adding(&self, returned: Returned, credential: &str) -> Result<Passkey, Unproven> {
        let state: PasskeyRegistration = returned.into_state().ok_or(Unproven::Foreign)?;
        let credential: RegisterPublicKeyCredential =
            serde_json::from_str(credential).map_err(|_| Unproven::Foreign)?;
        self.webauthn.finish_passkey_registration(&credential, &state).map_err(Unproven::Wrong)
    }

    /// Judges an assertion against the passkey that it names; `None`, when there
    /// is no such passkey, takes as long and never succeeds. What is new about
    /// the passkey, such as its counter, is written into it.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn finish_using(
        &self,
        returned: Returned,
        assertion: &Assertion,
        passkey: Option<&mut Passkey>,
    ) -> Result<(), Unproven> {
        let state: DiscoverableAuthentication = returned.into_state().ok_or(Unproven::Foreign)?;
        let Some(passkey) = passkey else {
            if let Some(decoy) = decoy::answering_to(assertion.credential_id()) {
                // Its key is nobody's: whatever this finds, it is not let in.
                let _ = self.judge(state, assertion, &decoy);
            }
            return Err(Unproven::Foreign);
        };
        let result = self.judge(state, assertion, passkey)?;
        passkey.update_credential(&result);
        Ok(())
    }

    fn judge(
        &self,
        state: DiscoverableAuthentication,
        assertion: &Assertion,
        passkey: &Passkey,
    ) -> Result<AuthenticationResult, Unproven> {
        let judged = self.webauthn.finish_discoverable_authentication_v2(&assertion.0, state, passkey);
        match judged {
            // The library asks for this; here once more, since two factors hang on it.
            Ok(result) if result.user_verified() => Ok(result),
            Ok(_) => Err(Unproven::Wrong(WebauthnError::UserNotVerified)),
            Err(WebauthnError::CredentialPossibleCompromise) => Err(Unproven::Cloned),
            Err(error) => Err(Unproven::Wrong(error)),
        }
    }
}

/// One of `allowCredentials`, with what is known of how to reach it.
fn descriptor(passkey: &Passkey) -> Result<Value, serde_json::Error> {
    let stored = serde_json::to_value(passkey)?;
    let mut descriptor = json!({ "type": "public-key", "id": stored["cred"]["cred_id"] });
    if stored["cred"]["transports"].is_array() {
        descriptor["transports"] = stored["cred"]["transports"].clone();
    }
    Ok(descriptor)
}

impl fmt::Debug for Ceremonies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ceremonies(…)")
    }
}
