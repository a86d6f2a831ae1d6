//! The kinds of mail there are, for lists.

/// Each with its word in the database and its words for people.
pub const KINDS: [(&str, &str); 28] = [
    ("registration_code", "Registration code"),
    ("recovery_code", "Password reset code"),
    ("email_change_code", "Email change code"),
    ("account_exists", "Account already exists"),
    ("new_device", "New sign-in"),
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
    ("deletion_scheduled", "Deletion scheduled"),
    ("deletion_cancelled", "Deletion cancelled"),
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

/// The kind of the mail by which administrators see whether mail works.
pub const TEST: &str = "test";

/// A kind in words; one that this version does not know by its word.
#[must_use]
pub fn in_words(kind: &str) -> &str {
    KINDS.iter().find(|row| row.0 == kind).map_or(kind, |row| row.1)
}

#[cfg(test)]
mod tests {
    use super::KINDS;

    /// The words stand in the two `kind` functions, each in a line of its own.
    #[test]
    fn every_kind_of_mail_is_listed() {
        let sources = [include_str!("message.rs"), include_str!("notice.rs"), include_str!("by_administrator.rs")];
        let mut kinds = 0;
        for source in sources {
            let (_, rest) = source.split_once("pub fn kind(").expect("its kinds");
            let (body, _) = rest.split_once("\n    }\n").expect("the end");
            for kind in body.lines().filter_map(|line| line.split('"').nth(1)) {
                kinds += 1;
                assert!(KINDS.iter().any(|row| row.0 == kind), "{kind} is not listed");
            }
        }
        assert_eq!(kinds + 1, KINDS.len(), "all but the test mail stand there as a text");
    }
}
