//! The actions that the audit log records.

use super::words::words;

words! {
    /// A recorded action.
    pub enum AuditAction {
        AccountCreated = ("account_created", "Account created"),
        AccountDisabled = ("account_disabled", "Account disabled"),
        AccountEnabled = ("account_enabled", "Account enabled"),
        AccountDeleted = ("account_deleted", "Account deleted"),
        SessionsEnded = ("sessions_ended", "Signed out everywhere"),
        RecoveryStarted = ("recovery_started", "Password reset required"),
        TwoStepReset = ("two_step_reset", "Two-step sign-in reset"),
        MadeAdministrator = ("made_administrator", "Admin role given"),
        MadeUser = ("made_user", "Admin role removed"),
        InvitationSent = ("invitation_sent", "Invitation sent"),
        InvitationRevoked = ("invitation_revoked", "Invitation revoked"),
        MailRetried = ("mail_retried", "Email retried"),
        MailDropped = ("mail_dropped", "Email canceled"),
        TestMailSent = ("test_mail_sent", "Test email sent"),
        UsersExported = ("users_exported", "Users exported"),
        AuditExported = ("audit_exported", "Audit log exported"),
        AuditResealed = ("audit_resealed", "Audit log resealed"),
    }
}
