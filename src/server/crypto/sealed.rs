//! Encryption at rest.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use uuid::Uuid;

use super::SecretKey;
use crate::server::rng::Rng;

/// Octets of the nonce in front of every sealed value. At 192 bits random
/// nonces do not repeat (RFC 8439 as extended by draft-irtf-cfrg-xchacha).
const NONCE: usize = 24;

/// Seals and opens values for one purpose with XChaCha20-Poly1305. A sealed
/// value is bound to its row: moved to another, it does not open.
#[derive(Clone)]
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    rng: Rng,
}

/// A value that was not sealed by this key for this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open: wrong SECRET_KEY, or the row was altered")]
pub struct Unsealable;

impl Sealer {
    /// A sealer whose key nothing else uses.
    #[must_use]
    pub fn new(secret: &SecretKey, purpose: &str, rng: Rng) -> Self {
        let key = secret.derive(&format!("seal:{purpose}"));
        Self { cipher: XChaCha20Poly1305::new((&*key).into()), rng }
    }

    /// Encrypts `plain` for the row `id`: the nonce, then the ciphertext.
    ///
    /// # Errors
    /// When `plain` is longer than the cipher can take (256 GiB).
    pub fn seal(&self, id: Uuid, plain: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let nonce = self.rng.bytes::<NONCE>();
        let payload = Payload { msg: plain, aad: id.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Unsealable)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what was sealed for the row `id`.
    ///
    /// # Errors
    /// When key, row or content are not those of the sealing.
    pub fn open(&self, id: Uuid, sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Unsealable)?;
        let payload = Payload { msg: sealed, aad: id.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Unsealable)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Sealer, SecretKey, Unsealable};
    use crate::server::rng::Rng;
    use uuid::Uuid;

    #[test]
    fn a_sealed_value_opens_only_with_its_key_in_its_row_for_its_purpose() {
        let rng = Rng::from_seed(1);
        let secret = SecretKey::from_bytes([1; 32]);
        let sealer = Sealer::new(&secret, "mail", rng.clone());
        let (row, other_row) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = sealer.seal(row, b"hello").expect("short");
        assert_eq!(sealer.open(row, &sealed), Ok(b"hello".to_vec()));
        assert_eq!(sealer.open(other_row, &sealed), Err(Unsealable));
        assert_eq!(Sealer::new(&secret, "seed", rng.clone()).open(row, &sealed), Err(Unsealable));
        assert_eq!(Sealer::new(&SecretKey::from_bytes([2; 32]), "mail", rng).open(row, &sealed), Err(Unsealable));
        let mut altered = sealed.clone();
        altered[30] ^= 1;
        assert_eq!(sealer.open(row, &altered), Err(Unsealable));
        assert_eq!(sealer.open(row, &sealed[..10]), Err(Unsealable));
        assert_ne!(sealer.seal(row, b"hello").expect("short"), sealed, "a nonce is never used twice");
    }
}
