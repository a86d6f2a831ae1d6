//! Sign-in methods of an account, as shown to its owner.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::format::one_line;
use super::serde_helpers;
use crate::datetime::date;
use crate::domain::Timestamp;

/// A factor, a set of recovery codes or a trusted browser, and when it was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInMethod {
    name: String,
    #[serde(with = "serde_helpers::moment")]
    added: Timestamp,
}

impl SignInMethod {
    #[must_use]
    pub fn app(added: Timestamp) -> Self {
        Self { name: "authenticator app".to_owned(), added }
    }

    #[must_use]
    pub fn passkey(name: &str, added: Timestamp) -> Self {
        Self { name: format!("passkey \u{201c}{}\u{201d}", one_line(name)), added }
    }

    #[must_use]
    pub fn recovery_codes(added: Timestamp) -> Self {
        Self { name: "recovery codes".to_owned(), added }
    }

    #[must_use]
    pub fn trusted_browser(device: &str, added: Timestamp) -> Self {
        Self { name: format!("trusted browser {}", one_line(device)), added }
    }

    /// Returns the methods as one text: `authenticator app (added 23 November 2026), recovery codes (added …)`.
    #[must_use]
    pub fn list(methods: &[Self]) -> String {
        methods.iter().map(Self::to_string).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for SignInMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (added {})", self.name, date(self.added))
    }
}
