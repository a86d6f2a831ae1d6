//! Whether somebody can sign in to an account, and if not, why.

/// The three states there are. The words in the database never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    Open,
    /// Closed by an administrator.
    Disabled,
    /// Closed by its owner, and waiting for its deletion.
    Leaving,
}

impl AccountState {
    pub const ALL: [Self; 3] = [Self::Open, Self::Disabled, Self::Leaving];

    /// The word kept in the database, and in the URLs of lists.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Disabled => "disabled",
            Self::Leaving => "leaving",
        }
    }

    /// What a person reads.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Disabled => "Disabled",
            Self::Leaving => "Waiting for deletion",
        }
    }

    /// Reads the word; nothing for any other.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}
