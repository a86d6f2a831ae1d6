//! The kinds of mail there are, for lists.

/// Each with its word in the database and its words for people.
pub const KINDS: [(&str, &str); 28] = [
    ("registration_code", "Code: registration"),
    ("recovery_code", "Code: new password"),
    ("email_change_code", "Code: new address"),
    ("account_exists", "The address has an account"),
    ("new_device", "New sign-in"),
    ("password_changed", "Password changed"),
    ("password_recovered", "Password recovered"),
    ("username_changed", "Username changed"),
    ("email_changed", "Address changed"),
    ("email_change_undone", "Change of address undone"),
    ("two_step_on", "Authenticator app added"),
    ("two_step_off", "Authenticator app removed"),
    ("app_replaced", "Authenticator app changed"),
    ("recovery_codes_made", "Recovery codes made"),
    ("recovery_code_used", "Recovery code used"),
    ("passkey_added", "Passkey added"),
    ("passkey_removed", "Passkey removed"),
    ("deletion_scheduled", "Deletion scheduled"),
    ("deletion_cancelled", "Deletion cancelled"),
    ("invitation", "Invitation"),
    ("account_disabled", "Account disabled"),
    ("account_enabled", "Account enabled"),
    ("recovery_started", "Recovery started"),
    ("two_step_reset", "Two-step sign-in reset"),
    ("made_administrator", "Made an administrator"),
    ("made_user", "Made a user"),
    ("account_deleted", "Account deleted"),
    (TEST, "Test mail"),
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
