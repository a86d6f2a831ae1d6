//! Passkey ceremonies (W3C Web Authentication, level 3).
//!
//! A ceremony has two steps: options for the browser, then the verification of the authenticator's
//! response. The state in between is encrypted and kept by the browser, so that requesting options
//! stores nothing on the server.

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
use ceremony::{Ceremony, StateSealer};
pub use webauthn_rs::prelude::Passkey;

use super::KeyRing;
use crate::domain::{Timestamp, Username};
use crate::rng::Rng;

/// The data that a browser needs for one ceremony.
#[derive(Clone, Debug)]
pub struct CeremonyStart {
    /// `publicKey` as JSON, for `PublicKeyCredential.parse…OptionsFromJSON`.
    pub options: String,
    /// The state to send back with the credential.
    pub state: String,
}

/// The error when a ceremony cannot begin, never a mistake of the user.
#[derive(Debug, thiserror::Error)]
pub enum CeremonyError {
    #[error("passkeys: {0}")]
    Library(#[from] WebauthnError),
    #[error("passkeys: {0}")]
    Json(#[from] serde_json::Error),
    #[error("passkeys: {0}")]
    Seal(#[from] super::sealed::Unsealable),
}

/// Why a credential was rejected. Users see the same message for every reason; the log contains the
/// actual one.
#[derive(Debug, thiserror::Error)]
pub enum CredentialRejection {
    /// The signature counter did not increase: the authenticator may have been cloned (section
    /// 6.1.1).
    #[error("the signature counter did not increase")]
    Cloned,
    #[error("{0}")]
    Wrong(WebauthnError),
    #[error("it does not match the ceremony")]
    Mismatch,
}

/// An authenticator's signed response, not yet verified.
#[derive(Clone, Debug)]
pub struct Assertion(PublicKeyCredential);

impl Assertion {
    /// Parses the `credential.toJSON()` of a sign-in.
    #[must_use]
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    pub fn credential_id(&self) -> &[u8] {
        self.0.get_credential_id()
    }

    /// Returns the account id that the authenticator stores with the passkey. Optional if the
    /// options listed the allowed passkeys.
    pub fn user_handle(&self) -> Option<&[u8]> {
        self.0.get_user_unique_id()
    }
}

/// Starts and verifies ceremonies. Lives as long as the process.
#[derive(Clone)]
pub struct Ceremonies {
    webauthn: Webauthn,
    sealer: StateSealer,
}

impl Ceremonies {
    /// Configures ceremonies for the relying party id `id`, on pages of `origin` only.
    ///
    /// # Errors
    /// Fails if `id` is neither the host name of the origin nor a parent domain of it.
    pub fn new(id: &str, origin: &str, name: &str, keys: &KeyRing, rng: Rng) -> Result<Self, WebauthnError> {
        let origin = Url::parse(origin).map_err(|_| WebauthnError::Configuration)?;
        let webauthn = WebauthnBuilder::new(id, &origin)?.rp_name(name).timeout(CEREMONY).build()?;
        Ok(Self { webauthn, sealer: StateSealer::new(keys, rng) })
    }

    /// Returns the options for creating a discoverable passkey with user verification. The
    /// authenticator stores it under the account's id.
    pub fn begin_adding(
        &self,
        account: Uuid,
        username: &Username,
        known: Vec<Vec<u8>>,
        now: Timestamp,
    ) -> Result<CeremonyStart, CeremonyError> {
        let name = username.as_str();
        let (options, state) = self.webauthn.start_passkey_registration(account, name, name, Some(known))?;
        let mut options = serde_json::to_value(options.public_key)?;
        // By default the library leaves this to the authenticator, but a passkey that is not
        // discoverable cannot be used without a username.
        options["authenticatorSelection"]["residentKey"] = "required".into();
        options["authenticatorSelection"]["requireResidentKey"] = true.into();
        self.start(Purpose::Add, Some(account), &options, serde_json::to_value(state)?, now)
    }

    /// Returns the options for using a passkey: one of `allowed`, or any passkey in the browser if
    /// the account is not known yet.
    pub fn begin_using(
        &self,
        purpose: Purpose,
        account: Option<Uuid>,
        allowed: &[Passkey],
        now: Timestamp,
    ) -> Result<CeremonyStart, CeremonyError> {
        let (options, state) = self.webauthn.start_discoverable_authentication()?;
        let mut options = serde_json::to_value(options.public_key)?;
        options["allowCredentials"] = allowed.iter().map(descriptor).collect::<Result<Value, _>>()?;
        self.start(purpose, account, &options, serde_json::to_value(state)?, now)
    }

    fn start(
        &self,
        purpose: Purpose,
        account: Option<Uuid>,
        options: &Value,
        state: Value,
        now: Timestamp,
    ) -> Result<CeremonyStart, CeremonyError> {
        let ceremony = Ceremony { purpose, account, expires_at: (now + CEREMONY).0, state };
        Ok(CeremonyStart { options: options.to_string(), state: self.sealer.seal(&ceremony, now)? })
    }

    /// Opens a returned state. `None` if it is not ours, has expired, or belongs to another purpose
    /// or account.
    #[must_use]
    pub fn read(&self, state: &str, purpose: Purpose, account: Option<Uuid>, now: Timestamp) -> Option<Returned> {
        self.sealer.open(state, purpose, account, now)
    }

    /// Verifies a new passkey. `credential` is the JSON of its `toJSON()`.
    ///
    /// # Errors
    /// Returns why the credential was rejected.
    pub fn finish_adding(&self, returned: Returned, credential: &str) -> Result<Passkey, CredentialRejection> {
        let state: PasskeyRegistration = returned.into_state().ok_or(CredentialRejection::Mismatch)?;
        let credential: RegisterPublicKeyCredential =
            serde_json::from_str(credential).map_err(|_| CredentialRejection::Mismatch)?;
        self.webauthn.finish_passkey_registration(&credential, &state).map_err(CredentialRejection::Wrong)
    }

    /// Verifies an assertion against the passkey that it names, and updates the passkey's data,
    /// such as its signature counter. With `None`, for an unknown passkey, it takes the same time
    /// and always fails.
    ///
    /// # Errors
    /// Returns why the assertion was rejected.
    pub fn finish_using(
        &self,
        returned: Returned,
        assertion: &Assertion,
        passkey: Option<&mut Passkey>,
    ) -> Result<(), CredentialRejection> {
        let state: DiscoverableAuthentication = returned.into_state().ok_or(CredentialRejection::Mismatch)?;
        let Some(passkey) = passkey else {
            if let Some(decoy) = decoy::with_id(assertion.credential_id()) {
                // Anyone can sign for the decoy, so the result is ignored.
                let _ = self.verify(state, assertion, &decoy);
            }
            return Err(CredentialRejection::Mismatch);
        };
        let result = self.verify(state, assertion, passkey)?;
        passkey.update_credential(&result);
        Ok(())
    }

    fn verify(
        &self,
        state: DiscoverableAuthentication,
        assertion: &Assertion,
        passkey: &Passkey,
    ) -> Result<AuthenticationResult, CredentialRejection> {
        let result = self.webauthn.finish_discoverable_authentication_v2(&assertion.0, state, passkey);
        match result {
            // The library already requires user verification. Checked again because without it a
            // passkey is only one factor.
            Ok(result) if result.user_verified() => Ok(result),
            Ok(_) => Err(CredentialRejection::Wrong(WebauthnError::UserNotVerified)),
            Err(WebauthnError::CredentialPossibleCompromise) => Err(CredentialRejection::Cloned),
            Err(error) => Err(CredentialRejection::Wrong(error)),
        }
    }
}

/// Returns an entry of `allowCredentials`, with the transports if they are known.
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
