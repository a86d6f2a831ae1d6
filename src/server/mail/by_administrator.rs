//! Texts of notices about actions of administrators.

use serde::{Deserialize, Serialize};

use crate::paths;

/// An administrator's action on an account. The email does not say who did it, from where and why;
/// the audit log does.
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
    pub advice: &'static str,
    pub way_label: &'static str,
    /// The path of the page for it.
    pub way: &'static str,
}

const MISTAKE: &str = "If you think that this is a mistake, write to those who run the portal.";

impl ByAdministrator {
    /// The name of the kind in lists and logs.
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
                "Your account was disabled. Every session was ended, and nobody can sign in to it.",
            ),
            Self::Enabled => {
                (format!("Your {portal} account is open again"), "Your account was enabled. You can sign in as before.")
            }
            Self::RecoveryStarted => (
                format!("Please set a new password for {portal}"),
                "You are asked to set a new password. Every session of your account was ended. \
                 Your present password still works until you set another one.",
            ),
            Self::TwoStepReset => (
                format!("Two-step sign-in was reset for {portal}"),
                "Your authenticator app, passkeys, recovery codes and trusted browsers were removed from your account, \
                 and every session was ended. Signing in takes your password alone until you add them again.",
            ),
            Self::MadeAdministrator => (
                format!("You are an administrator of {portal} now"),
                "Your account was made one that administers the portal.",
            ),
            Self::MadeUser => (
                format!("You are no administrator of {portal} any more"),
                "Your account no longer administers the portal. All else is as before.",
            ),
            Self::Deleted => (
                format!("Your {portal} account was deleted"),
                "Your account was deleted, with everything that was kept about you. This is the last mail about it.",
            ),
        }
    }

    pub(super) fn advice(self) -> Advice {
        let (advice, way_label, way) = match self {
            Self::Disabled | Self::MadeUser | Self::Deleted => (MISTAKE, "Go to the portal", paths::HOME),
            Self::Enabled => ("You can sign in here.", "Sign in", paths::LOGIN),
            Self::RecoveryStarted => (
                "Set the new password on this page: we mail you a code when you enter your address there.",
                "Set a new password",
                paths::RECOVER,
            ),
            Self::TwoStepReset => {
                ("Sign in, and add what you use again.", "Set up two-step sign-in", paths::ACCOUNT_SECURITY)
            }
            Self::MadeAdministrator => {
                ("If you did not expect this, write to those who run the portal.", "Go to the portal", paths::HOME)
            }
        };
        Advice { advice, way_label, way }
    }
}
