//! The one secret from which every other key is derived.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// `SECRET_KEY`: 32 random octets. Lives as long as the process.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

/// What a key is called where it must not be shown: 64 bits derived from it,
/// which tell nothing about it. Printed in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyId([u8; KeyId::LENGTH]);

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 random bytes in base64, such as the output of `openssl rand -base64 32`")]
pub struct SecretKeyError;

impl SecretKey {
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the base64 form.
    ///
    /// # Errors
    /// When it is not base64 of exactly 32 octets.
    pub fn from_base64(text: &str) -> Result<Self, SecretKeyError> {
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(text.trim()).map_err(|_| SecretKeyError)?);
        Ok(Self::from_bytes(bytes.as_slice().try_into().map_err(|_| SecretKeyError)?))
    }

    /// The base64 form, for the development key's file.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_STANDARD.encode(*self.0))
    }

    /// The key's name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId(self.derive("key id").first_chunk().copied().unwrap_or_default())
    }

    /// A key for one purpose (HKDF-SHA-256, RFC 5869). Knowing it tells nothing
    /// about the others.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut derived = Zeroizing::new([0; 32]);
        let hkdf = Hkdf::<Sha256>::new(Some(b"portal"), &*self.0);
        // 32 octets are far below the 8160 that the function can give: it cannot fail.
        let expanded = hkdf.expand(purpose.as_bytes(), &mut *derived);
        debug_assert!(expanded.is_ok());
        derived
    }
}

impl KeyId {
    /// Octets of an id.
    pub const LENGTH: usize = 8;

    #[must_use]
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
    fn keys_of_two_purposes_differ_and_are_stable() {
        let key = SecretKey::from_bytes([7; 32]);
        assert_eq!(key.derive("otp"), key.derive("otp"));
        assert_ne!(key.derive("otp"), key.derive("mail"));
        assert_ne!(*key.derive("otp"), [0; 32]);
    }

    #[test]
    fn a_key_has_an_id_of_its_own_that_is_no_part_of_it() {
        let id = |octet| SecretKey::from_bytes([octet; 32]).id();
        assert_eq!(id(7), id(7));
        assert_ne!(id(7), id(8));
        // Databases hold it: it must never become another.
        assert_eq!(id(7).to_string(), "3160f8a0002dba89");
    }

    #[test]
    fn only_32_octets_in_base64_are_a_key() {
        let key = SecretKey::from_bytes([7; 32]);
        assert!(SecretKey::from_base64(&key.to_base64()).is_ok());
        for text in ["", "changeme", "AAAA", &"A".repeat(44)] {
            assert_eq!(SecretKey::from_base64(text).err(), Some(SecretKeyError), "{text}");
        }
    }
}
