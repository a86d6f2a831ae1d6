//! Row keys for counters that do not reveal what they count.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{KeyRing, SecretKey};

/// Derives row keys from usernames, emails and IP addresses (HMAC-SHA-256), so that the database
/// alone does not reveal whose counter a row is. Lives as long as the process.
///
/// Only for data that is deleted within a day: row keys cannot be reversed, so rows cannot be moved
/// to a new secret key.
#[derive(Clone)]
pub struct LookupKeys {
    current: Key,
    previous: Option<Key>,
}

type Key = Zeroizing<[u8; 32]>;

/// The key of a row, and the key it has if it was written before the secret key was rotated. A
/// rotation therefore does not reset any counter.
///
/// Rows are written under the current key, which takes precedence.
#[derive(Clone, PartialEq, Eq)]
pub struct LookupKey {
    current: [u8; 32],
    previous: Option<[u8; 32]>,
}

impl LookupKeys {
    pub fn new(keys: &KeyRing) -> Self {
        let derive = |secret: &SecretKey| secret.derive("lookup");
        Self { current: derive(keys.current()), previous: keys.previous().map(derive) }
    }

    /// Returns the key for these parts, in this order.
    #[must_use]
    pub fn key(&self, parts: &[&str]) -> LookupKey {
        let joined = parts.join("\0");
        LookupKey {
            current: mac(&self.current, joined.as_bytes()),
            previous: self.previous.as_ref().map(|key| mac(key, joined.as_bytes())),
        }
    }
}

impl LookupKey {
    /// Returns the key under which the row is written.
    pub fn current(&self) -> &[u8] {
        &self.current
    }

    /// Returns every key under which the row may be found.
    pub fn anywhere(&self) -> Vec<Vec<u8>> {
        std::iter::once(&self.current).chain(&self.previous).map(|key| key.to_vec()).collect()
    }
}

fn mac(key: &Key, text: &[u8]) -> [u8; 32] {
    // A key of this length never fails. The fallback is the plain hash.
    match Hmac::<Sha256>::new_from_slice(&**key) {
        Ok(mac) => mac.chain_update(text).finalize().into_bytes().into(),
        Err(_) => Sha256::digest(text).into(),
    }
}

impl fmt::Debug for LookupKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookupKeys(…)")
    }
}

impl fmt::Debug for LookupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookupKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyRing, LookupKeys, SecretKey};

    #[test]
    fn rows_are_written_under_the_current_key_and_also_found_under_the_previous_one() {
        let secret = |byte| SecretKey::from_bytes([byte; 32]);
        let (old, new) = (LookupKeys::new(&secret(1).into()), LookupKeys::new(&secret(2).into()));
        let key = LookupKeys::new(&KeyRing::new(secret(2), Some(secret(1)))).key(&["login", "ann"]);
        let (old, new) = (old.key(&["login", "ann"]), new.key(&["login", "ann"]));
        assert_eq!(key.current(), new.current());
        assert_eq!(key.anywhere(), [new.current(), old.current()]);
        assert_eq!(new.anywhere(), [new.current()]);
        assert_ne!(new.current(), old.current());
    }
}
