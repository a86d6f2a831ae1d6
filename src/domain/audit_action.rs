//! The actions that the audit log records.

/// A recorded action. The stored values never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    AccountDeleted,
    SessionsEnded,
    RecoveryStarted,
    TwoStepReset,
    MadeAdministrator,
    MadeUser,
    InvitationSent,
    InvitationRevoked,
    MailRetried,
    MailDropped,
    TestMailSent,
    UsersExported,
    AuditExported,
    AuditResealed,
}

/// All actions with their stored values and their labels.
pub const ALL: [(AuditAction, &str, &str); 17] = [
    (AuditAction::AccountCreated, "account_created", "Account created"),
    (AuditAction::AccountDisabled, "account_disabled", "Account disabled"),
    (AuditAction::AccountEnabled, "account_enabled", "Account enabled"),
    (AuditAction::AccountDeleted, "account_deleted", "Account deleted"),
    (AuditAction::SessionsEnded, "sessions_ended", "Signed out everywhere"),
    (AuditAction::RecoveryStarted, "recovery_started", "Password reset required"),
    (AuditAction::TwoStepReset, "two_step_reset", "Two-step sign-in reset"),
    (AuditAction::MadeAdministrator, "made_administrator", "Admin role given"),
    (AuditAction::MadeUser, "made_user", "Admin role removed"),
    (AuditAction::InvitationSent, "invitation_sent", "Invitation sent"),
    (AuditAction::InvitationRevoked, "invitation_revoked", "Invitation revoked"),
    (AuditAction::MailRetried, "mail_retried", "Email retried"),
    (AuditAction::MailDropped, "mail_dropped", "Email canceled"),
    (AuditAction::TestMailSent, "test_mail_sent", "Test email sent"),
    (AuditAction::UsersExported, "users_exported", "Users exported"),
    (AuditAction::AuditExported, "audit_exported", "Audit log exported"),
    (AuditAction::AuditResealed, "audit_resealed", "Audit log re-sealed"),
];

impl AuditAction {
    /// Returns the stored value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// Returns the label for administrators.
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
        // The test below checks that every action has a row.
        ALL.iter().find(|row| row.0 == self).unwrap_or(&ALL[0])
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, AuditAction};

    #[test]
    fn every_kind_has_a_row_and_a_word_of_its_own() {
        for (index, (action, word, _)) in ALL.iter().enumerate() {
            assert_eq!(*action as usize, index, "the rows are in the order of the actions");
            assert_eq!(AuditAction::from_stored(word), Some(*action));
        }
        assert_eq!(ALL.len(), AuditAction::AuditResealed as usize + 1, "the last action has the last row");
    }
}
