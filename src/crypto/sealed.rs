//! Encryption at rest.
//!
//! ```text
//!  bytes    1         8        24       plaintext length + 16
//!         ┌─────────┬────────┬───────┬──────────────────────┐
//!         │ version │ key id │ nonce │ ciphertext and tag   │    additional data: version, key id, row, purpose
//!         └─────────┴────────┴───────┴──────────────────────┘
//!         ┌───────┬──────────────────────┐
//!         │ nonce │ ciphertext and tag   │    before key rotation existed; additional data: row
//!         └───────┴──────────────────────┘
//! ```
//!
//! A value has the first form if its first nine bytes are the version and the id of a known key; a
//! random nonce matches these with a probability of 2^-72. Any other value is tried in the second
//! form with each key, and its authentication tag shows whether it is valid.

use std::sync::Arc;
use std::{fmt, iter};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use uuid::Uuid;

use super::{KeyId, KeyRing, SecretKey};
use crate::rng::Rng;

/// The first byte of every encrypted value. Another format gets another number.
const VERSION: u8 = 1;

/// Bytes of version and key id.
const HEADER: usize = 1 + KeyId::LENGTH;

/// Bytes of the nonce. With 192 bits, random nonces do not repeat (RFC 8439 as extended by
/// draft-irtf-cfrg-xchacha).
const NONCE: usize = 24;

/// Encrypts and decrypts values for one purpose with XChaCha20-Poly1305. An encrypted value is
/// bound to its row and cannot be decrypted in another one.
#[derive(Clone)]
pub struct Sealer {
    current: SealingKey,
    previous: Option<SealingKey>,
    purpose: Arc<str>,
    rng: Rng,
}

#[derive(Clone)]
struct SealingKey {
    header: [u8; HEADER],
    cipher: XChaCha20Poly1305,
}

/// The error for a value that was not encrypted with one of our keys for this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value can't be decrypted: the row was changed, or it was encrypted with a different SECRET_KEY")]
pub struct Unsealable;

impl Sealer {
    /// Creates a sealer with keys of its own for this purpose.
    #[must_use]
    pub fn new(keys: &KeyRing, purpose: &str, rng: Rng) -> Self {
        let key = |secret| SealingKey::new(secret, purpose);
        Self { current: key(keys.current()), previous: keys.previous().map(key), purpose: purpose.into(), rng }
    }

    /// Encrypts `plain` for the row `id` with the current key.
    ///
    /// # Errors
    /// Fails if `plain` is longer than the cipher allows (256 GiB).
    pub fn seal(&self, id: Uuid, plain: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let SealingKey { header, cipher } = &self.current;
        let nonce = self.rng.bytes::<NONCE>();
        let payload = Payload { msg: plain, aad: &self.bound_to(header, id) };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Unsealable)?;
        Ok([header.as_slice(), &nonce, &sealed].concat())
    }

    /// Decrypts a value of the row `id` with the key that it names.
    ///
    /// # Errors
    /// Fails if the key, row, purpose or content differ from those at encryption.
    pub fn open(&self, id: Uuid, sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let mut keys = iter::once(&self.current).chain(&self.previous);
        match keys.clone().find_map(|key| Some((key, sealed.strip_prefix(&key.header)?))) {
            Some((key, sealed)) => key.decrypt(sealed, &self.bound_to(&key.header, id)),
            None => keys.find_map(|key| key.decrypt(sealed, id.as_bytes()).ok()).ok_or(Unsealable),
        }
    }

    /// Returns whether a value names the current key. Other values have to be re-encrypted.
    #[must_use]
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.starts_with(&self.current.header)
    }

    /// Returns the additional data of a value. The purpose comes last because only its length
    /// varies, so no two encodings are equal.
    fn bound_to(&self, header: &[u8; HEADER], id: Uuid) -> Vec<u8> {
        [header, id.as_bytes().as_slice(), self.purpose.as_bytes()].concat()
    }
}

impl SealingKey {
    fn new(secret: &SecretKey, purpose: &str) -> Self {
        let mut header = [VERSION; HEADER];
        header[1..].copy_from_slice(secret.id().as_bytes());
        let key = secret.derive(&format!("seal:{purpose}"));
        Self { header, cipher: XChaCha20Poly1305::new((&*key).into()) }
    }

    /// Decrypts a nonce followed by ciphertext and tag.
    fn decrypt(&self, sealed: &[u8], bound_to: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Unsealable)?;
        let payload = Payload { msg: sealed, aad: bound_to };
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
    use super::{Aead, HEADER, KeyInit, KeyRing, Payload, Sealer, SecretKey, Unsealable, XChaCha20Poly1305, XNonce};
    use crate::rng::Rng;
    use uuid::Uuid;

    const ROW: Uuid = Uuid::from_u128(1);
    const OTHER_ROW: Uuid = Uuid::from_u128(2);

    fn secret(byte: u8) -> SecretKey {
        SecretKey::from_bytes([byte; 32])
    }

    /// Returns a sealer for mail with the key `current` and optionally a previous one.
    fn sealer(current: u8, previous: Option<u8>) -> Sealer {
        Sealer::new(&KeyRing::new(secret(current), previous.map(secret)), "mail", Rng::from_seed(1))
    }

    /// Encrypts as versions without key rotation did.
    fn headless(byte: u8, row: Uuid, plain: &[u8]) -> Vec<u8> {
        let nonce = [9; 24];
        let cipher = XChaCha20Poly1305::new((&*secret(byte).derive("seal:mail")).into());
        let payload = Payload { msg: plain, aad: row.as_bytes() };
        [nonce.as_slice(), &cipher.encrypt(&XNonce::from(nonce), payload).expect("the text is short")].concat()
    }

    #[test]
    fn a_value_decrypts_only_with_its_key_in_its_row_for_its_purpose() {
        let (sealer, stranger) = (sealer(1, None), sealer(2, Some(3)));
        let sealed = sealer.seal(ROW, b"hello").expect("the text is short");
        assert_eq!(sealer.open(ROW, &sealed), Ok(b"hello".to_vec()));
        assert_eq!(sealer.open(OTHER_ROW, &sealed), Err(Unsealable));
        let for_seeds = Sealer::new(&secret(1).into(), "seed", Rng::from_seed(1));
        assert_eq!(for_seeds.open(ROW, &sealed), Err(Unsealable));
        assert_eq!(stranger.open(ROW, &sealed), Err(Unsealable));
        assert_ne!(sealer.seal(ROW, b"hello").expect("the text is short"), sealed, "a nonce is never used twice");
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(sealer.open(ROW, &altered), Err(Unsealable), "byte {at}");
            assert_eq!(sealer.open(ROW, &sealed[..at]), Err(Unsealable), "the first {at} bytes");
        }
        assert_eq!(sealer.open(ROW, &sealed[HEADER..]), Err(Unsealable), "without its header");
    }

    #[test]
    fn the_current_key_encrypts_and_the_previous_one_still_decrypts() {
        let (old, both, new) = (sealer(1, None), sealer(2, Some(1)), sealer(2, None));
        let before = old.seal(ROW, b"hello").expect("the text is short");
        assert_eq!(both.open(ROW, &before), Ok(b"hello".to_vec()));
        assert_eq!(both.open(OTHER_ROW, &before), Err(Unsealable));
        assert_eq!(new.open(ROW, &before), Err(Unsealable));
        assert_eq!((old.is_current(&before), both.is_current(&before)), (true, false));
        let after = both.seal(ROW, b"hello").expect("the text is short");
        assert_eq!(new.open(ROW, &after), Ok(b"hello".to_vec()));
        assert_eq!(old.open(ROW, &after), Err(Unsealable));
        assert!(both.is_current(&after) && new.is_current(&after));
        // A value that names another key than the one it was encrypted with cannot be decrypted.
        let renamed = [&after[..HEADER], &before[HEADER..]].concat();
        assert_eq!(both.open(ROW, &renamed), Err(Unsealable));
    }

    #[test]
    fn values_of_earlier_versions_decrypt_and_have_to_be_re_encrypted() {
        for byte in [1, 2] {
            let sealed = headless(byte, ROW, b"hello");
            let both = sealer(2, Some(1));
            assert_eq!(both.open(ROW, &sealed), Ok(b"hello".to_vec()));
            assert_eq!(both.open(OTHER_ROW, &sealed), Err(Unsealable));
            assert_eq!(sealer(3, Some(4)).open(ROW, &sealed), Err(Unsealable));
            assert!(!both.is_current(&sealed));
        }
    }
}
