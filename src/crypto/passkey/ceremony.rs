//! The state of a ceremony, stored in the browser and encrypted so that only the server can read
//! it.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::CeremonyError;
use crate::crypto::{KeyRing, Sealer};
use crate::domain::Timestamp;
use crate::rng::Rng;

/// The time limit of a ceremony. WebAuthn level 3, section 15.1, recommends five minutes for users
/// who need time to find, plug in or unlock an authenticator.
pub const CEREMONY: Duration = Duration::from_secs(5 * 60);
/// Bytes of the id in front of an encrypted state.
const ID: usize = 16;

/// The purpose of a ceremony. The names of the variants are part of the encrypted states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    Add,
    SignIn,
    SecondStep,
    Confirm,
}

/// The content of a state.
#[derive(Serialize, Deserialize)]
pub(super) struct Ceremony {
    pub(super) purpose: Purpose,
    /// The account, if it is known at the start.
    pub(super) account: Option<Uuid>,
    pub(super) expires_at: i64,
    /// The state of the WebAuthn library: the challenge and the requested options.
    pub(super) state: serde_json::Value,
}

/// A returned state that has not expired and belongs to the expected account and purpose.
pub struct Returned {
    /// The id under which the ceremony is recorded as used.
    pub id: Vec<u8>,
    pub expires_at: Timestamp,
    state: serde_json::Value,
}

impl Returned {
    pub(super) fn into_state<T: DeserializeOwned>(self) -> Option<T> {
        serde_json::from_value(self.state).ok()
    }
}

impl fmt::Debug for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Returned(…)")
    }
}

/// Encrypts ceremony states, each under its own id.
#[derive(Clone)]
pub(super) struct StateSealer {
    sealer: Sealer,
    rng: Rng,
}

impl StateSealer {
    pub(super) fn new(keys: &KeyRing, rng: Rng) -> Self {
        Self { sealer: Sealer::new(keys, "passkey ceremony", rng.clone()), rng }
    }

    pub(super) fn seal(&self, ceremony: &Ceremony, now: Timestamp) -> Result<String, CeremonyError> {
        let id = self.rng.id(now);
        let sealed = self.sealer.seal(id, &serde_json::to_vec(ceremony)?)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([id.as_bytes().as_slice(), &sealed].concat()))
    }

    pub(super) fn open(
        &self,
        state: &str,
        purpose: Purpose,
        account: Option<Uuid>,
        now: Timestamp,
    ) -> Option<Returned> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(state).ok()?;
        let (id, sealed) = bytes.split_first_chunk::<ID>()?;
        let opened = self.sealer.open(Uuid::from_bytes(*id), sealed).ok()?;
        let ceremony: Ceremony = serde_json::from_slice(&opened).ok()?;
        let expires_at = Timestamp(ceremony.expires_at);
        // A later expiry means that the state was created before the clock was set back.
        let in_time = now < expires_at && expires_at <= now + CEREMONY;
        let matches = in_time && ceremony.purpose == purpose && ceremony.account == account;
        matches.then(|| Returned { id: id.to_vec(), expires_at, state: ceremony.state })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::crypto::SecretKey;

    use super::{CEREMONY, Ceremony, Purpose, Rng, StateSealer, Timestamp, Uuid};

    const NOW: Timestamp = Timestamp(1_795_435_200_000);
    const ACCOUNT: Option<Uuid> = Some(Uuid::from_u128(7));

    fn sealer(key: u8) -> StateSealer {
        StateSealer::new(&SecretKey::from_bytes([key; 32]).into(), Rng::from_seed(1))
    }

    fn sealed_state() -> String {
        let expires_at = (NOW + CEREMONY).0;
        let ceremony = Ceremony { purpose: Purpose::Confirm, account: ACCOUNT, expires_at, state: 42.into() };
        sealer(1).seal(&ceremony, NOW).expect("the state is encrypted")
    }

    #[test]
    fn a_state_opens_only_with_our_key_for_its_purpose_and_account() {
        let state = sealed_state();
        let returned = sealer(1).open(&state, Purpose::Confirm, ACCOUNT, NOW).expect("the state opens");
        assert_eq!(returned.into_state::<u8>(), Some(42));
        assert!(sealer(2).open(&state, Purpose::Confirm, ACCOUNT, NOW).is_none());
        assert!(sealer(1).open(&state, Purpose::SecondStep, ACCOUNT, NOW).is_none());
        for other in [None, Some(Uuid::from_u128(8))] {
            assert!(sealer(1).open(&state, Purpose::Confirm, other, NOW).is_none());
        }
        for rubbish in ["", "x", "A", &"A".repeat(64), &state[1..], &state[..state.len() - 4]] {
            assert!(sealer(1).open(rubbish, Purpose::Confirm, ACCOUNT, NOW).is_none(), "{rubbish}");
        }
    }

    #[test]
    fn a_state_is_valid_for_five_minutes_and_not_before_it_was_created() {
        let opens = |now| sealer(1).open(&sealed_state(), Purpose::Confirm, ACCOUNT, now).is_some();
        assert!(opens(NOW + CEREMONY - Duration::from_millis(1)));
        assert!(!opens(NOW + CEREMONY));
        assert!(!opens(NOW - Duration::from_millis(1)), "created before the clock was set back");
    }
}
