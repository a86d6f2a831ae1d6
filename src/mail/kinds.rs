//! All kinds of email, for lists.

/// Each kind as stored in the database, with its label.
pub const KINDS: [(&str, &str); 33] = [
    ("registration_code", "Registration code"),
    ("recovery_code", "Password reset code"),
    ("email_change_code", "Email change code"),
    ("account_exists", "Account already exists"),
    ("new_device", "New sign-in"),
    ("password_guessed", "Many wrong passwords"),
    ("password_changed", "Password changed"),
    ("password_recovered", "Password reset"),
    ("username_changed", "Username changed"),
    ("email_changed", "Email address changed"),
    ("email_change_undone", "Email address restored"),
    ("two_step_on", "Authenticator app added"),
    ("two_step_off", "Authenticator app removed"),
    ("app_replaced", "Authenticator app replaced"),
    ("recovery_codes_made", "New recovery codes"),
    ("recovery_code_used", "Recovery code used"),
    ("passkey_added", "Passkey added"),
    ("passkey_removed", "Passkey removed"),
    ("factors_removed", "Sign-in methods removed"),
    ("second_step_failed", "Second step failed"),
    ("second_step_locked", "Second step locked"),
    ("passkey_cloned", "Passkey copied"),
    ("deletion_scheduled", "Deletion scheduled"),
    ("deletion_cancelled", "Deletion canceled"),
    ("invitation", "Invitation"),
    ("account_disabled", "Account disabled"),
    ("account_enabled", "Account enabled"),
    ("recovery_started", "Password reset required"),
    ("two_step_reset", "Two-step sign-in reset"),
    ("made_administrator", "Admin role given"),
    ("made_user", "Admin role removed"),
    ("account_deleted", "Account deleted"),
    (TEST, "Test email"),
];

/// The kind of the email with which administrators test the mail settings.
pub const TEST: &str = "test";

/// Returns the label of a kind, or the kind itself if this version does not know it.
#[must_use]
pub fn label(kind: &str) -> &str {
    KINDS.iter().find(|row| row.0 == kind).map_or(kind, |row| row.1)
}
