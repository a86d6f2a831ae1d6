//! What an account may do.

/// The two roles there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    User,
    Administrator,
}

impl Role {
    pub const ALL: [Self; 2] = [Self::User, Self::Administrator];

    /// The word kept in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Administrator => "administrator",
        }
    }

    /// What a person reads.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Administrator => "Administrator",
        }
    }

    /// Reads the word kept in the database; an unknown word gives the least rights.
    #[must_use]
    pub fn from_stored(word: &str) -> Self {
        if word == Self::Administrator.as_str() { Self::Administrator } else { Self::User }
    }
}
