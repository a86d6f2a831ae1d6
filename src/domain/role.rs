//! The roles of accounts.

/// The role of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    User,
    Administrator,
}

impl Role {
    pub const ALL: [Self; 2] = [Self::User, Self::Administrator];

    /// Returns the stored value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Administrator => "administrator",
        }
    }

    /// Returns the label.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Administrator => "Administrator",
        }
    }

    /// Parses a stored value. An unknown value gives the fewest rights.
    #[must_use]
    pub fn from_stored(word: &str) -> Self {
        if word == Self::Administrator.as_str() { Self::Administrator } else { Self::User }
    }
}
