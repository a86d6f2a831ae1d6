//! What can happen to an account, as its owner's security log tells it.

/// One kind of event. The words in the database never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityEvent {
    SignedIn,
    SignInFailed,
    SecondStepFailed,
    SignedOut,
    NewDevice,
    SessionEnded,
    OtherSessionsEnded,
    PasswordChanged,
    PasswordRecovered,
    UsernameChanged,
    EmailChangeAsked,
    EmailChanged,
    EmailChangeUndone,
    TwoStepOn,
    TwoStepOff,
    AppReplaced,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    PasskeyAdded,
    PasskeyRenamed,
    PasskeyRemoved,
    BrowserTrusted,
    BrowserForgotten,
    DataExported,
    DeletionScheduled,
    DeletionCancelled,
    // From here on, what administrators did.
    MadeAdministrator,
    MadeUser,
    AccountDisabled,
    AccountEnabled,
    SessionsEnded,
    RecoveryStarted,
    TwoStepReset,
    AccountDeleted,
}

/// Each with its word in the database and its words for people.
const ALL: [(SecurityEvent, &str, &str); 34] = [
    (SecurityEvent::SignedIn, "signed_in", "Signed in"),
    (SecurityEvent::SignInFailed, "sign_in_failed", "Sign-in failed: wrong password"),
    (SecurityEvent::SecondStepFailed, "second_step_failed", "Second step failed"),
    (SecurityEvent::SignedOut, "signed_out", "Signed out"),
    (SecurityEvent::NewDevice, "new_device", "First sign-in from this device"),
    (SecurityEvent::SessionEnded, "session_ended", "Session ended"),
    (SecurityEvent::OtherSessionsEnded, "other_sessions_ended", "All other sessions ended"),
    (SecurityEvent::PasswordChanged, "password_changed", "Password changed"),
    (SecurityEvent::PasswordRecovered, "password_recovered", "New password set by email code"),
    (SecurityEvent::UsernameChanged, "username_changed", "Username changed"),
    (SecurityEvent::EmailChangeAsked, "email_change_asked", "Change of email address begun"),
    (SecurityEvent::EmailChanged, "email_changed", "Email address changed"),
    (SecurityEvent::EmailChangeUndone, "email_change_undone", "Change of email address undone"),
    (SecurityEvent::TwoStepOn, "two_step_on", "Authenticator app added"),
    (SecurityEvent::TwoStepOff, "two_step_off", "Authenticator app removed"),
    (SecurityEvent::AppReplaced, "app_replaced", "Changed to another authenticator app"),
    (SecurityEvent::RecoveryCodesMade, "recovery_codes_made", "New recovery codes made"),
    (SecurityEvent::RecoveryCodeUsed, "recovery_code_used", "Recovery code used"),
    (SecurityEvent::PasskeyAdded, "passkey_added", "Passkey added"),
    (SecurityEvent::PasskeyRenamed, "passkey_renamed", "Passkey renamed"),
    (SecurityEvent::PasskeyRemoved, "passkey_removed", "Passkey removed"),
    (SecurityEvent::BrowserTrusted, "browser_trusted", "Browser trusted"),
    (SecurityEvent::BrowserForgotten, "browser_forgotten", "Trusted browser removed"),
    (SecurityEvent::DataExported, "data_exported", "Data exported"),
    (SecurityEvent::DeletionScheduled, "deletion_scheduled", "Deletion of the account asked for"),
    (SecurityEvent::DeletionCancelled, "deletion_cancelled", "Deletion of the account cancelled"),
    (SecurityEvent::MadeAdministrator, "made_administrator", "Made an administrator"),
    (SecurityEvent::MadeUser, "made_user", "No administrator any more"),
    (SecurityEvent::AccountDisabled, "account_disabled", "Account disabled"),
    (SecurityEvent::AccountEnabled, "account_enabled", "Account enabled again"),
    (SecurityEvent::SessionsEnded, "sessions_ended", "All sessions ended"),
    (SecurityEvent::RecoveryStarted, "recovery_started", "New password asked for"),
    (SecurityEvent::TwoStepReset, "two_step_reset", "Two-step sign-in reset"),
    (SecurityEvent::AccountDeleted, "account_deleted", "Account deleted"),
];

impl SecurityEvent {
    /// The word kept in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// What a person reads.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        self.row().2
    }

    /// Reads the word kept in the database.
    #[must_use]
    pub fn from_stored(word: &str) -> Option<Self> {
        ALL.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        // Every kind has its row, which the test below holds.
        ALL.iter().find(|row| row.0 == self).unwrap_or(&ALL[0])
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, SecurityEvent};

    #[test]
    fn every_kind_has_a_row_and_a_word_of_its_own() {
        for (index, (event, word, _)) in ALL.iter().enumerate() {
            assert_eq!(*event as usize, index, "the rows stand in the order of the kinds");
            assert_eq!(SecurityEvent::from_stored(word), Some(*event));
        }
        assert_eq!(ALL.len(), SecurityEvent::AccountDeleted as usize + 1, "the last kind has the last row");
    }
}
