//! How emailed codes are stored.

use std::{fmt, iter};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{KeyRing, SecretKey};
use crate::domain::EmailCode;
use crate::domain::words::words;

words! {
    /// The purpose of a code. A code for one purpose is not valid for another.
    pub enum OtpPurpose {
        Registration = ("registration", "Registration"),
        /// Sets a new password for an account.
        Recovery = ("recovery", "Password reset"),
        /// Verifies the new email of an account.
        EmailChange = ("email_change", "Email change"),
    }
}

/// HMAC-SHA-256 of purpose, flow, email and code, with a key derived from the secret key. With the
/// database alone, a code cannot be found by trying all million values.
#[derive(Clone, PartialEq, Eq)]
pub struct OtpDigest([u8; 32]);

impl OtpDigest {
    /// Returns the bytes to store or to look up.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns a digest that no code has, for a message that is not sent.
    #[must_use]
    pub fn of_no_code(random: [u8; 32]) -> Self {
        Self(random)
    }
}

impl fmt::Debug for OtpDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpDigest(…)")
    }
}

/// Computes the digests of codes. Lives as long as the process.
#[derive(Clone)]
pub struct OtpDigester {
    current: Key,
    previous: Option<Key>,
}

type Key = Zeroizing<[u8; 32]>;

impl OtpDigester {
    pub fn new(keys: &KeyRing) -> Self {
        let derive = |secret: &SecretKey| secret.derive("otp");
        Self { current: derive(keys.current()), previous: keys.previous().map(derive) }
    }

    /// Returns the digest to store with a new code. It is valid only for this purpose, flow and
    /// email.
    #[must_use]
    pub fn digest(&self, purpose: OtpPurpose, flow: Uuid, email_key: &str, code: &EmailCode) -> OtpDigest {
        digest(&self.current, purpose, flow, email_key, code)
    }

    /// Returns all digests under which `code` may be stored. During a key rotation it may have been
    /// issued with the previous key.
    #[must_use]
    pub fn accepted(&self, purpose: OtpPurpose, flow: Uuid, email_key: &str, code: &EmailCode) -> Vec<OtpDigest> {
        let keys = iter::once(&self.current).chain(&self.previous);
        keys.map(|key| digest(key, purpose, flow, email_key, code)).collect()
    }
}

fn digest(key: &Key, purpose: OtpPurpose, flow: Uuid, email_key: &str, code: &EmailCode) -> OtpDigest {
    // A key of this length never fails. The fallback matches no code.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&**key) else { return OtpDigest([0; 32]) };
    // Each part is prefixed with its length, so that different parts never have the same encoding.
    for part in [purpose.as_str().as_bytes(), flow.as_bytes(), email_key.as_bytes(), code.expose().as_bytes()] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    OtpDigest(mac.finalize().into_bytes().into())
}

impl fmt::Debug for OtpDigester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpDigester(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyRing, OtpDigester, OtpPurpose, SecretKey};
    use crate::domain::{EmailCode, OtpCode};
    use uuid::Uuid;

    #[test]
    fn a_digest_depends_on_key_purpose_flow_email_and_code() {
        let digester = OtpDigester::new(&SecretKey::from_bytes([1; 32]).into());
        let other_key = OtpDigester::new(&SecretKey::from_bytes([2; 32]).into());
        let (flow, code) = (Uuid::from_u128(1), EmailCode::from(OtpCode::from_number(123_456)));
        let digest = digester.digest(OtpPurpose::Registration, flow, "a@x.example", &code);
        let same = |other: super::OtpDigest| other == digest;
        assert!(same(digester.digest(OtpPurpose::Registration, flow, "a@x.example", &code)));
        assert!(!same(digester.digest(OtpPurpose::Recovery, flow, "a@x.example", &code)));
        assert!(!same(digester.digest(OtpPurpose::Registration, Uuid::from_u128(2), "a@x.example", &code)));
        assert!(!same(digester.digest(OtpPurpose::Registration, flow, "b@x.example", &code)));
        assert!(!same(digester.digest(
            OtpPurpose::Registration,
            flow,
            "a@x.example",
            &EmailCode::from(OtpCode::from_number(123_457))
        )));
        assert!(!same(other_key.digest(OtpPurpose::Registration, flow, "a@x.example", &code)));
        assert_eq!(format!("{digest:?}"), "OtpDigest(…)");
    }

    #[test]
    fn codes_are_stored_under_the_current_key_and_also_accepted_under_the_previous_one() {
        let secret = |byte| SecretKey::from_bytes([byte; 32]);
        let (old, new) = (OtpDigester::new(&secret(1).into()), OtpDigester::new(&secret(2).into()));
        let both = OtpDigester::new(&KeyRing::new(secret(2), Some(secret(1))));
        let (purpose, flow, code) =
            (OtpPurpose::Registration, Uuid::from_u128(1), EmailCode::from(OtpCode::from_number(123_456)));
        let of = |digester: &OtpDigester| digester.digest(purpose, flow, "a@x.example", &code);
        assert!(of(&both) == of(&new));
        let accepted = |digester: &OtpDigester| digester.accepted(purpose, flow, "a@x.example", &code);
        assert!(accepted(&both) == [of(&new), of(&old)]);
        assert!(accepted(&new) == [of(&new)]);
    }
}
