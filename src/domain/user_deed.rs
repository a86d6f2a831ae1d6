//! What administrators can do to an account.

/// One deed. Its word stands in URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserDeed {
    Disable,
    Enable,
    EndSessions,
    StartRecovery,
    ResetTwoStep,
    MakeAdministrator,
    MakeUser,
    Delete,
}

impl UserDeed {
    /// In the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::EndSessions,
        Self::StartRecovery,
        Self::ResetTwoStep,
        Self::Disable,
        Self::Enable,
        Self::MakeAdministrator,
        Self::MakeUser,
        Self::Delete,
    ];

    /// The word in the path of its page.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::EndSessions => "end-sessions",
            Self::StartRecovery => "start-recovery",
            Self::ResetTwoStep => "reset-two-step",
            Self::MakeAdministrator => "make-administrator",
            Self::MakeUser => "make-user",
            Self::Delete => "delete",
        }
    }

    /// Reads the word; nothing for any other.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.as_str() == word)
    }

    /// The deed as its button says it.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Disable => "Disable account",
            Self::Enable => "Enable account",
            Self::EndSessions => "End all sessions",
            Self::StartRecovery => "Start recovery",
            Self::ResetTwoStep => "Reset two-step sign-in",
            Self::MakeAdministrator => "Make administrator",
            Self::MakeUser => "Make user",
            Self::Delete => "Delete account",
        }
    }

    /// Whether the password has to be given again first: it cannot be taken
    /// back, or decides who else can do all this.
    #[must_use]
    pub fn wants_password(self) -> bool {
        matches!(self, Self::ResetTwoStep | Self::MakeAdministrator | Self::MakeUser | Self::Delete)
    }
}
