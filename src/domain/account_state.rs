//! Whether a user can sign in to an account, and if not, why.

/// The state of an account. The stored values never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    Open,
    /// Disabled by an administrator.
    Disabled,
    /// Closed by its owner, with a pending deletion.
    Leaving,
}

impl AccountState {
    pub const ALL: [Self; 3] = [Self::Open, Self::Disabled, Self::Leaving];

    /// Returns the value used in the database and in the URLs of lists.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Disabled => "disabled",
            Self::Leaving => "leaving",
        }
    }

    /// Returns the label for administrators.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Active",
            Self::Disabled => "Disabled",
            Self::Leaving => "Deletion pending",
        }
    }

    /// Parses the value from the database or a URL. Returns `None` for any other text.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}
