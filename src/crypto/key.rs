//! The secret key from which all other keys are derived.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Minimum number of different bytes in a key. A random key has fewer with a probability below 2^-100.
const DISTINCT_MIN: usize = 8;

/// `SECRET_KEY`: 32 random bytes. Lives as long as the process.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

/// An identifier for a key that is safe to show: 64 bits derived from the key that reveal nothing
/// about it. Printed in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyId([u8; KeyId::LENGTH]);

/// The error for a text that is not a valid key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 random bytes in base64, such as the output of `openssl rand -base64 32`")]
pub struct SecretKeyError;

impl SecretKey {
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Parses the base64 form.
    ///
    /// # Errors
    /// Fails if the text is not base64 of exactly 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, SecretKeyError> {
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(text.trim()).map_err(|_| SecretKeyError)?);
        Ok(Self::from_bytes(bytes.as_slice().try_into().map_err(|_| SecretKeyError)?))
    }

    /// Whether the bytes can be random: at least 8 different ones. It detects keys such as 32 zeros
    /// that were typed by hand.
    #[must_use]
    pub fn looks_random(&self) -> bool {
        self.0.iter().collect::<BTreeSet<_>>().len() >= DISTINCT_MIN
    }

    /// Returns the base64 form, for the file of the development key.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_STANDARD.encode(*self.0))
    }

    /// Returns the key's id.
    pub fn id(&self) -> KeyId {
        KeyId(self.derive("key id").first_chunk().copied().unwrap_or_default())
    }

    /// Derives a key for one purpose (HKDF-SHA-256, RFC 5869). A derived key reveals nothing about
    /// the others.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut derived = Zeroizing::new([0; 32]);
        let hkdf = Hkdf::<Sha256>::new(Some(b"portal"), &*self.0);
        // Cannot fail: 32 bytes are well below the limit of 8160.
        let expanded = hkdf.expand(purpose.as_bytes(), &mut *derived);
        debug_assert!(expanded.is_ok());
        derived
    }
}

impl KeyId {
    /// Bytes per id.
    pub const LENGTH: usize = 8;

    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{SecretKey, SecretKeyError};

    #[test]
    fn derived_keys_are_stable_and_differ_by_purpose() {
        let key = SecretKey::from_bytes([7; 32]);
        assert_eq!(key.derive("otp"), key.derive("otp"));
        assert_ne!(key.derive("otp"), key.derive("mail"));
        assert_ne!(*key.derive("otp"), [0; 32]);
    }

    #[test]
    fn a_key_has_a_stable_id_of_its_own() {
        let id = |byte| SecretKey::from_bytes([byte; 32]).id();
        assert_eq!(id(7), id(7));
        assert_ne!(id(7), id(8));
        // Databases store the id, so it must never change.
        assert_eq!(id(7).to_string(), "3160f8a0002dba89");
    }

    #[test]
    fn a_key_of_a_few_repeated_bytes_does_not_look_random() {
        let of = |text: &str| {
            let mut bytes = text.bytes().cycle();
            SecretKey::from_bytes(std::array::from_fn(|_| bytes.next().unwrap_or_default()))
        };
        for weak in ["0", "abc", "1234567"] {
            assert!(!of(weak).looks_random(), "{weak}");
        }
        assert!(of("12345678").looks_random());
    }

    #[test]
    fn only_32_bytes_in_base64_are_a_valid_key() {
        let key = SecretKey::from_bytes([7; 32]);
        assert!(SecretKey::from_base64(&key.to_base64()).is_ok());
        for text in ["", "changeme", "AAAA", &"A".repeat(44)] {
            assert_eq!(SecretKey::from_base64(text).err(), Some(SecretKeyError), "{text}");
        }
    }
}
