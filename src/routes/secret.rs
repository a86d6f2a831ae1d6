//! A form field that must never be printed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The raw value of a password or code field.
///
/// The arguments of a server function derive `Debug`. This type hides the value.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Returns the typed value. Parse it immediately.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
