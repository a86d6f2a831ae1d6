//! The events in a user's security log.

/// A kind of event. The stored values never change their meaning.
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
    // The events below are administrators' actions.
    MadeAdministrator,
    MadeUser,
    AccountDisabled,
    AccountEnabled,
    SessionsEnded,
    RecoveryStarted,
    TwoStepReset,
    AccountDeleted,
}

/// All events with their stored values and their labels.
const ALL: [(SecurityEvent, &str, &str); 34] = [
    (SecurityEvent::SignedIn, "signed_in", "Signed in"),
    (SecurityEvent::SignInFailed, "sign_in_failed", "Sign-in failed: incorrect password"),
    (SecurityEvent::SecondStepFailed, "second_step_failed", "Sign-in failed: incorrect code or passkey"),
    (SecurityEvent::SignedOut, "signed_out", "Signed out"),
    (SecurityEvent::NewDevice, "new_device", "Signed in from a new device"),
    (SecurityEvent::SessionEnded, "session_ended", "Session ended"),
    (SecurityEvent::OtherSessionsEnded, "other_sessions_ended", "All other sessions ended"),
    (SecurityEvent::PasswordChanged, "password_changed", "Password changed"),
    (SecurityEvent::PasswordRecovered, "password_recovered", "Password reset"),
    (SecurityEvent::UsernameChanged, "username_changed", "Username changed"),
    (SecurityEvent::EmailChangeAsked, "email_change_asked", "Email change requested"),
    (SecurityEvent::EmailChanged, "email_changed", "Email address changed"),
    (SecurityEvent::EmailChangeUndone, "email_change_undone", "Email address restored"),
    (SecurityEvent::TwoStepOn, "two_step_on", "Authenticator app added"),
    (SecurityEvent::TwoStepOff, "two_step_off", "Authenticator app removed"),
    (SecurityEvent::AppReplaced, "app_replaced", "Authenticator app replaced"),
    (SecurityEvent::RecoveryCodesMade, "recovery_codes_made", "New recovery codes created"),
    (SecurityEvent::RecoveryCodeUsed, "recovery_code_used", "Recovery code used"),
    (SecurityEvent::PasskeyAdded, "passkey_added", "Passkey added"),
    (SecurityEvent::PasskeyRenamed, "passkey_renamed", "Passkey renamed"),
    (SecurityEvent::PasskeyRemoved, "passkey_removed", "Passkey removed"),
    (SecurityEvent::BrowserTrusted, "browser_trusted", "Browser trusted"),
    (SecurityEvent::BrowserForgotten, "browser_forgotten", "Trusted browser removed"),
    (SecurityEvent::DataExported, "data_exported", "Data downloaded"),
    (SecurityEvent::DeletionScheduled, "deletion_scheduled", "Account deletion requested"),
    (SecurityEvent::DeletionCancelled, "deletion_cancelled", "Account deletion canceled"),
    (SecurityEvent::MadeAdministrator, "made_administrator", "Admin role given"),
    (SecurityEvent::MadeUser, "made_user", "Admin role removed"),
    (SecurityEvent::AccountDisabled, "account_disabled", "Account disabled"),
    (SecurityEvent::AccountEnabled, "account_enabled", "Account enabled"),
    (SecurityEvent::SessionsEnded, "sessions_ended", "Signed out everywhere"),
    (SecurityEvent::RecoveryStarted, "recovery_started", "Password reset required"),
    (SecurityEvent::TwoStepReset, "two_step_reset", "Two-step sign-in reset"),
    (SecurityEvent::AccountDeleted, "account_deleted", "Account deleted"),
];

impl SecurityEvent {
    /// Returns the stored value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// Returns the label.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.row().2
    }

    /// Parses a stored value.
    #[must_use]
    pub fn from_stored(word: &str) -> Option<Self> {
        ALL.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        // The test below checks that every event has a row.
        ALL.iter().find(|row| row.0 == self).unwrap_or(&ALL[0])
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, SecurityEvent};

    #[test]
    fn every_kind_has_a_row_and_a_word_of_its_own() {
        for (index, (event, word, _)) in ALL.iter().enumerate() {
            assert_eq!(*event as usize, index, "the rows are in the order of the events");
            assert_eq!(SecurityEvent::from_stored(word), Some(*event));
        }
        assert_eq!(ALL.len(), SecurityEvent::AccountDeleted as usize + 1, "the last event has the last row");
    }
}
