//! Texts of notices about actions of administrators.

use serde::{Deserialize, Serialize};

use crate::paths;

/// An administrator's action on an account. The email does not name the administrator, the IP
/// address or the reason; the audit log does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByAdministrator {
    Disabled,
    Enabled,
    /// The user has to set a new password.
    RecoveryStarted,
    TwoStepReset,
    MadeAdministrator,
    MadeUser,
    Deleted,
}

/// What the user should do next.
pub(super) struct Advice {
    pub text: &'static str,
    /// The label of a link to the page for it.
    pub label: &'static str,
    /// The path of that page.
    pub path: &'static str,
}

const MISTAKE: &str = "If you think this is a mistake, contact your administrator.";

impl ByAdministrator {
    /// Returns the name of the kind in lists and logs.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Disabled => "account_disabled",
            Self::Enabled => "account_enabled",
            Self::RecoveryStarted => "recovery_started",
            Self::TwoStepReset => "two_step_reset",
            Self::MadeAdministrator => "made_administrator",
            Self::MadeUser => "made_user",
            Self::Deleted => "account_deleted",
        }
    }

    /// Returns the subject and a sentence that says what happened.
    pub(super) fn what(self, portal: &str) -> (String, &'static str) {
        match self {
            Self::Disabled => (
                format!("Your {portal} account was disabled"),
                "Your account was disabled. You've been signed out everywhere and can't sign in.",
            ),
            Self::Enabled => {
                (format!("Your {portal} account was enabled"), "Your account was enabled. You can sign in as before.")
            }
            Self::RecoveryStarted => (
                format!("Reset your {portal} password"),
                "Your administrator has asked you to reset your password. You've been signed out everywhere. \
                 Your current password works until you set a new one.",
            ),
            Self::TwoStepReset => (
                format!("Two-step sign-in was reset for your {portal} account"),
                "Your authenticator app, passkeys, recovery codes and trusted browsers were removed, and you've been \
                 signed out everywhere. Until you set up two-step sign-in again, you sign in with only your password.",
            ),
            Self::MadeAdministrator => {
                (format!("You're now an administrator of {portal}"), "Your account was given the admin role.")
            }
            Self::MadeUser => (
                format!("You're no longer an administrator of {portal}"),
                "The admin role was removed from your account. Nothing else has changed.",
            ),
            Self::Deleted => {
                (format!("Your {portal} account was deleted"), "Your account and its data have been deleted.")
            }
        }
    }

    pub(super) fn advice(self) -> Advice {
        let (text, label, path) = match self {
            Self::Disabled | Self::MadeUser | Self::Deleted => (MISTAKE, "Go to the portal", paths::HOME),
            Self::Enabled => ("To sign in, go to this page:", "Sign in", paths::LOGIN),
            Self::RecoveryStarted => (
                "On this page, enter your email address to get a code, then set a new password:",
                "Reset your password",
                paths::RECOVER,
            ),
            Self::TwoStepReset => (
                "If you didn't ask for this, contact your administrator. To set up two-step sign-in again, sign in:",
                "Set up two-step sign-in",
                paths::ACCOUNT_SECURITY,
            ),
            Self::MadeAdministrator => {
                ("If you didn't expect this, contact your administrator.", "Go to the portal", paths::HOME)
            }
        };
        Advice { text, label, path }
    }
}
