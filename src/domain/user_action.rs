//! The actions that administrators can take on an account.

/// An action on an account. Its value is part of URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserAction {
    Disable,
    Enable,
    EndSessions,
    StartRecovery,
    ResetTwoStep,
    MakeAdministrator,
    MakeUser,
    Delete,
}

impl UserAction {
    /// All actions in the order in which they are offered.
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

    /// Returns the value in the path of its page.
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

    /// Parses the value. Returns `None` for any other text.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }

    /// Returns the label of the action's button.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Disable => "Disable account",
            Self::Enable => "Enable account",
            Self::EndSessions => "Sign out everywhere",
            Self::StartRecovery => "Require password reset",
            Self::ResetTwoStep => "Reset two-step sign-in",
            Self::MakeAdministrator => "Make administrator",
            Self::MakeUser => "Remove admin role",
            Self::Delete => "Delete account",
        }
    }

    /// Whether the administrator must enter their password first, because the action
    /// can't be undone or changes who is an administrator.
    #[must_use]
    pub fn wants_password(self) -> bool {
        matches!(self, Self::ResetTwoStep | Self::MakeAdministrator | Self::MakeUser | Self::Delete)
    }
}
