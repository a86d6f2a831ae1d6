//! The actions that administrators can take on an account.

use super::{AuditAction, SecurityEvent};

/// An action on an account.
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

/// Everything about an action that is not a rule: its texts, and where it is recorded. In the texts, `{name}` is the
/// username.
#[derive(Debug)]
pub struct ActionSpec {
    /// The value in the path of its page, and in its form.
    pub slug: &'static str,
    /// The label of its button, at rest and while the form is being sent.
    pub label: &'static str,
    pub pending_label: &'static str,
    /// The heading of the page that asks for confirmation.
    heading: &'static str,
    /// The start of the sentence that ends with the username.
    pub intro: &'static str,
    pub consequences: &'static [&'static str],
    /// The message shown to the administrator afterwards.
    success: &'static str,
    /// Whether something is taken away, which makes the button red.
    pub destructive: bool,
    /// Whether the administrator must enter their password first, because the action
    /// can't be undone or changes who is an administrator.
    pub needs_password: bool,
    /// The entry in the audit log.
    pub audit: AuditAction,
    /// The entry in the owner's security log.
    pub event: SecurityEvent,
}

impl ActionSpec {
    #[must_use]
    pub fn heading(&self, username: &str) -> String {
        self.heading.replace("{name}", username)
    }

    #[must_use]
    pub fn success_message(&self, username: &str) -> String {
        self.success.replace("{name}", username)
    }
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

    /// Returns the value in URLs and forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.spec().slug
    }

    /// Parses the value. Returns `None` for any other text.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }

    /// Returns the action's description.
    #[must_use]
    pub fn spec(self) -> &'static ActionSpec {
        match self {
            Self::Disable => &ActionSpec {
                slug: "disable",
                label: "Disable account",
                pending_label: "Disabling…",
                heading: "Disable {name}?",
                intro: "This disables",
                consequences: &[
                    "They're signed out everywhere.",
                    "Pending codes, password resets and email changes are canceled, and trusted browsers are removed.",
                    "They can't sign in until the account is enabled. No data is deleted.",
                    "They'll get an email.",
                ],
                success: "{name} has been disabled and signed out everywhere.",
                destructive: true,
                needs_password: false,
                audit: AuditAction::AccountDisabled,
                event: SecurityEvent::AccountDisabled,
            },
            Self::Enable => &ActionSpec {
                slug: "enable",
                label: "Enable account",
                pending_label: "Enabling…",
                heading: "Enable {name}?",
                intro: "This enables",
                consequences: &["They can sign in again with the same password.", "They'll get an email."],
                success: "{name} can sign in again.",
                destructive: false,
                needs_password: false,
                audit: AuditAction::AccountEnabled,
                event: SecurityEvent::AccountEnabled,
            },
            Self::EndSessions => &ActionSpec {
                slug: "end-sessions",
                label: "Sign out everywhere",
                pending_label: "Signing out…",
                heading: "Sign out {name} everywhere?",
                intro: "This signs out",
                consequences: &[
                    "All their sessions end immediately.",
                    "Anyone who knows the password can sign in again.",
                ],
                success: "{name} has been signed out everywhere.",
                destructive: true,
                needs_password: false,
                audit: AuditAction::SessionsEnded,
                event: SecurityEvent::SessionsEnded,
            },
            Self::StartRecovery => &ActionSpec {
                slug: "start-recovery",
                label: "Require password reset",
                pending_label: "Sending…",
                heading: "Require a password reset for {name}?",
                intro: "This requires a password reset for",
                consequences: &[
                    "They're signed out everywhere.",
                    "They'll get an email with a link to the page where they set a new password. You won't see it.",
                    "The current password works until then. To lock them out, disable the account.",
                ],
                success: "{name} has been signed out everywhere and will get an email with a link to reset the password.",
                destructive: true,
                needs_password: false,
                audit: AuditAction::RecoveryStarted,
                event: SecurityEvent::RecoveryStarted,
            },
            Self::ResetTwoStep => &ActionSpec {
                slug: "reset-two-step",
                label: "Reset two-step sign-in",
                pending_label: "Resetting…",
                heading: "Reset two-step sign-in for {name}?",
                intro: "This resets two-step sign-in for",
                consequences: &[
                    "The authenticator app, all passkeys, the recovery codes and the trusted browsers are removed.",
                    "They're signed out everywhere, and sign in with only their password until they set it up again.",
                    "They'll get an email. Check first that the request really came from them.",
                ],
                success: "Two-step sign-in has been reset for {name}.",
                destructive: true,
                needs_password: true,
                audit: AuditAction::TwoStepReset,
                event: SecurityEvent::TwoStepReset,
            },
            Self::MakeAdministrator => &ActionSpec {
                slug: "make-administrator",
                label: "Make administrator",
                pending_label: "Changing…",
                heading: "Make {name} an administrator?",
                intro: "This gives the admin role to",
                consequences: &[
                    "They can do everything you can, including removing you.",
                    "It takes effect immediately, and they'll get an email.",
                ],
                success: "{name} is now an administrator.",
                destructive: false,
                needs_password: true,
                audit: AuditAction::MadeAdministrator,
                event: SecurityEvent::MadeAdministrator,
            },
            Self::MakeUser => &ActionSpec {
                slug: "make-user",
                label: "Remove admin role",
                pending_label: "Changing…",
                heading: "Remove the admin role from {name}?",
                intro: "This removes the admin role from",
                consequences: &[
                    "They lose access to Admin immediately.",
                    "Their account stays active, and they'll get an email.",
                ],
                success: "The admin role has been removed from {name}.",
                destructive: true,
                needs_password: true,
                audit: AuditAction::MadeUser,
                event: SecurityEvent::MadeUser,
            },
            Self::Delete => &ActionSpec {
                slug: "delete",
                label: "Delete account",
                pending_label: "Deleting…",
                heading: "Delete {name}?",
                intro: "This permanently deletes",
                consequences: &[
                    "Their username and email address are deleted, and others can then use them.",
                    "Their password, authenticator app, recovery codes and passkeys are deleted.",
                    "Their sessions, trusted browsers and security log are deleted.",
                    "They'll get an email. This can't be undone. To block sign-in only, disable the account instead.",
                ],
                success: "{name} has been deleted.",
                destructive: true,
                needs_password: true,
                audit: AuditAction::AccountDeleted,
                event: SecurityEvent::AccountDeleted,
            },
        }
    }
}
