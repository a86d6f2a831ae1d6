//! Keys under which something is counted, without keeping what it is about.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{SecretKey, TokenDigest};

/// Makes row keys from names and addresses (HMAC-SHA-256): the database alone
/// does not tell whose counter a row is. Lives as long as the process.
#[derive(Clone)]
pub struct LookupKeys(Zeroizing<[u8; 32]>);

impl LookupKeys {
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self(secret.derive("lookup"))
    }

    /// The key for these parts, in this order.
    #[must_use]
    pub fn key(&self, parts: &[&str]) -> TokenDigest {
        // A key of the hash's own length never fails; without a mac there is only the plain hash of the parts.
        let joined = parts.join("\0");
        match Hmac::<Sha256>::new_from_slice(&*self.0) {
            Ok(mac) => TokenDigest::from_mac(&mac.chain_update(joined.as_bytes()).finalize().into_bytes()),
            Err(_) => TokenDigest::of(joined.as_bytes()),
        }
    }
}

impl fmt::Debug for LookupKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookupKeys(…)")
    }
}
