//! Random tokens held by browsers, stored only as hashes.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::rng::Rng;

/// The value of a flow cookie: 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct FlowToken([u8; 32]);

impl FlowToken {
    pub fn generate(rng: &Rng) -> Self {
        Self(rng.bytes())
    }

    /// Parses a cookie value. `None` if it is not a valid token.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(value).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// Returns the cookie value.
    pub fn to_cookie(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }

    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(&self.0)
    }
}

impl fmt::Debug for FlowToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlowToken(…)")
    }
}

/// SHA-256 of a random token. A plain hash suffices because 2^128 values cannot be tried.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenDigest(Vec<u8>);

impl TokenDigest {
    pub fn of(token: &[u8]) -> Self {
        Self(Sha256::digest(token).to_vec())
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::FlowToken;
    use crate::rng::Rng;

    #[test]
    fn only_the_cookie_value_of_a_token_parses() {
        let token = FlowToken::generate(&Rng::from_seed(1));
        assert!(FlowToken::parse(&token.to_cookie()) == Some(token));
        for value in ["", "x", "AAAA", &"A".repeat(42), &"A".repeat(44), "%00", &"=".repeat(43)] {
            assert!(FlowToken::parse(value).is_none(), "{value}");
        }
    }
}
