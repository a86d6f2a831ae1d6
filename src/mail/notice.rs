//! The kinds of notices, and their texts.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::admin_notices::{Advice, ByAdministrator};
use super::content::{self, Block, Content};
use super::format::one_line;
use super::message::NoticeMail;
use super::sender::Sender;
use super::sign_in_method::SignInMethod;
use super::{serde_helpers, text};
use crate::datetime::date;
use crate::domain::Timestamp;
use crate::paths;

/// What happened to an account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum NotificationKind {
    /// A sign-in from a device that has not been seen before.
    NewDevice {
        link: Link,
    },
    /// Many wrong passwords in a row.
    PasswordGuessed {
        failures: u32,
    },
    PasswordChanged,
    /// With a code sent by email.
    PasswordRecovered {
        /// Removed with it, because two-step sign-in was new.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        removed: Vec<SignInMethod>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remaining: Vec<SignInMethod>,
    },
    UsernameChanged,
    /// Sent to the old email.
    EmailChanged {
        link: Link,
    },
    EmailChangeUndone,
    TwoStepOn {
        /// Empty in queued emails of earlier versions, as in the kinds below.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undo: Option<Link>,
    },
    TwoStepOff,
    AppReplaced {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undo: Option<Link>,
    },
    RecoveryCodesMade {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undo: Option<Link>,
    },
    RecoveryCodeUsed {
        left: u32,
    },
    PasskeyAdded {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undo: Option<Link>,
    },
    PasskeyRemoved {
        name: String,
    },
    /// By a link in an email.
    FactorsRemoved {
        removed: Vec<SignInMethod>,
        remaining: Vec<SignInMethod>,
    },
    /// A wrong code or passkey after the correct password.
    SecondStepFailed,
    /// So many of them that the second factors are locked for some time.
    SecondStepLocked,
    /// A passkey whose signature counter decreased.
    PasskeyCloned {
        name: String,
    },
    DeletionScheduled {
        link: Link,
        #[serde(with = "serde_helpers::moment")]
        on: Timestamp,
    },
    DeletionCancelled,
    ByAdministrator {
        /// Queued emails of earlier versions have this name.
        #[serde(rename = "deed")]
        action: ByAdministrator,
    },
}

/// A link with a single-use token. Opening it shows a page; only submitting the form on it has an effect.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub token: String,
    #[serde(with = "serde_helpers::moment")]
    pub until: Timestamp,
}

impl fmt::Debug for NotificationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NotificationKind({}, …)", self.kind())
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(…)")
    }
}

impl NotificationKind {
    /// Returns the name of the kind in lists and logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NewDevice { .. } => "new_device",
            Self::PasswordGuessed { .. } => "password_guessed",
            Self::PasswordChanged => "password_changed",
            Self::PasswordRecovered { .. } => "password_recovered",
            Self::UsernameChanged => "username_changed",
            Self::EmailChanged { .. } => "email_changed",
            Self::EmailChangeUndone => "email_change_undone",
            Self::TwoStepOn { .. } => "two_step_on",
            Self::TwoStepOff => "two_step_off",
            Self::AppReplaced { .. } => "app_replaced",
            Self::RecoveryCodesMade { .. } => "recovery_codes_made",
            Self::RecoveryCodeUsed { .. } => "recovery_code_used",
            Self::PasskeyAdded { .. } => "passkey_added",
            Self::PasskeyRemoved { .. } => "passkey_removed",
            Self::FactorsRemoved { .. } => "factors_removed",
            Self::SecondStepFailed => "second_step_failed",
            Self::SecondStepLocked => "second_step_locked",
            Self::PasskeyCloned { .. } => "passkey_cloned",
            Self::DeletionScheduled { .. } => "deletion_scheduled",
            Self::DeletionCancelled => "deletion_cancelled",
            Self::ByAdministrator { action } => action.kind(),
        }
    }

    fn link(&self) -> Option<&Link> {
        match self {
            Self::NewDevice { link } | Self::EmailChanged { link } | Self::DeletionScheduled { link, .. } => Some(link),
            Self::TwoStepOn { undo }
            | Self::AppReplaced { undo }
            | Self::RecoveryCodesMade { undo }
            | Self::PasskeyAdded { undo, .. } => undo.as_ref(),
            _ => None,
        }
    }

    fn advice(&self) -> Advice {
        // Someone who knows the password could sign in again, so the advice is to set a new one. It does not keep out
        // someone who has added a passkey or an app, so no text says that it does.
        let recover = |text| Advice { text, label: "Reset your password", path: paths::RECOVER };
        match self {
            Self::ByAdministrator { action } => action.advice(),
            _ if self.link().is_some() => {
                recover("If this wasn't you, use the link above, then reset your password. That signs out all devices.")
            }
            Self::PasswordGuessed { .. } => Advice {
                text: "If this wasn't you, you don't have to do anything: your password was not guessed. Two-step \
                       sign-in protects your account even if it is.",
                label: "Turn on two-step sign-in",
                path: paths::ACCOUNT_SECURITY,
            },
            Self::PasswordRecovered { .. } => recover(
                "If this wasn't you, someone can read your email. Secure your mailbox, then reset your password. That \
                 signs out all devices.",
            ),
            Self::FactorsRemoved { .. } => {
                recover("Reset your password now, because someone may know it. That signs out all devices.")
            }
            _ => recover(
                "If this wasn't you, reset your password now. That signs out all devices. It doesn't remove passkeys or \
                 authenticator apps: check them under Account, Security.",
            ),
        }
    }

    /// Returns the subject and a sentence that says what happened.
    fn what(&self, username: &str, portal: &str) -> (String, String) {
        let (subject, happened) = match self {
            Self::NewDevice { .. } => (
                format!("New sign-in to your {portal} account"),
                format!("Someone signed in to your {portal} account from a new browser."),
            ),
            Self::PasswordGuessed { failures } => (
                format!("Someone is trying to sign in to your {portal} account"),
                format!("A wrong password was entered for your account {failures} times in a row."),
            ),
            Self::PasswordChanged => (
                format!("Your {portal} password was changed"),
                "Your password was changed, and you've been signed out on other devices.".to_owned(),
            ),
            Self::PasswordRecovered { .. } => (
                format!("Your {portal} password was reset"),
                "Your password was reset, and you've been signed out on all devices.".to_owned(),
            ),
            Self::UsernameChanged => {
                (format!("Your {portal} username was changed"), format!("Your username is now {username}."))
            }
            Self::EmailChanged { .. } => (
                format!("Your {portal} email address was changed"),
                "Your account now uses a different email address. Future emails about your account will be sent there."
                    .to_owned(),
            ),
            Self::EmailChangeUndone => (
                format!("Your {portal} email address was restored"),
                "Your account uses this email address again, and all devices have been signed out.".to_owned(),
            ),
            Self::TwoStepOn { .. } => (
                format!("An authenticator app was added to your {portal} account"),
                "An authenticator app was added to your account. You'll be asked for a code from it when you sign in \
                 with your password."
                    .to_owned(),
            ),
            Self::TwoStepOff => (
                format!("An authenticator app was removed from your {portal} account"),
                "The authenticator app was removed from your account. Its codes no longer work.".to_owned(),
            ),
            Self::AppReplaced { .. } => (
                format!("Your {portal} authenticator app was replaced"),
                "Your authenticator app was replaced. Codes from the old one no longer work.".to_owned(),
            ),
            Self::RecoveryCodesMade { .. } => (
                format!("New recovery codes for your {portal} account"),
                "New recovery codes were created for your account. The old ones no longer work.".to_owned(),
            ),
            Self::RecoveryCodeUsed { left } => (
                format!("A recovery code was used for your {portal} account"),
                format!("A recovery code was used to sign in to your account. Codes left: {left}."),
            ),
            Self::PasskeyAdded { name, .. } => (
                format!("A passkey was added to your {portal} account"),
                format!("The passkey \u{201c}{}\u{201d} can now be used to sign in to your account.", one_line(name)),
            ),
            Self::PasskeyRemoved { name } => (
                format!("A passkey was removed from your {portal} account"),
                format!(
                    "The passkey \u{201c}{}\u{201d} can no longer be used to sign in to your account.",
                    one_line(name)
                ),
            ),
            Self::FactorsRemoved { .. } => (
                format!("Sign-in methods were removed from your {portal} account"),
                "Sign-in methods were removed with the link in an email, and all devices have been signed out."
                    .to_owned(),
            ),
            Self::SecondStepFailed => (
                format!("Failed second step for your {portal} account"),
                "Someone entered your password correctly, but not the second step.".to_owned(),
            ),
            Self::SecondStepLocked => (
                format!("Too many failed second steps for your {portal} account"),
                "Someone entered your password correctly, but failed at the second step many times. For a while, codes \
                 are accepted only from browsers that you signed in with before. Passkeys still work."
                    .to_owned(),
            ),
            Self::PasskeyCloned { name } => (
                format!("A passkey of your {portal} account may have been copied"),
                format!(
                    "The passkey \u{201c}{}\u{201d} was refused, because its counter went back. There may be a copy of it. \
                     Remove it under Account, Security, and add a new one.",
                    one_line(name)
                ),
            ),
            Self::DeletionScheduled { on, .. } => (
                format!("Your {portal} account will be deleted"),
                format!("Your account is closed and will be deleted on {}. You can restore it until then.", date(*on)),
            ),
            Self::DeletionCancelled => (
                format!("Your {portal} account won't be deleted"),
                "The deletion of your account was canceled. You can sign in as before.".to_owned(),
            ),
            Self::ByAdministrator { action } => {
                let (subject, happened) = action.what(portal);
                (subject, happened.to_owned())
            }
        };
        (one_line(&subject), happened)
    }

    /// Returns paragraphs with the sign-in methods that were removed and that remain.
    fn methods(&self) -> Vec<Block> {
        let (Self::PasswordRecovered { removed, remaining } | Self::FactorsRemoved { removed, remaining }) = self
        else {
            return Vec::new();
        };
        let list = |intro: &str, methods: &[SignInMethod]| {
            let list = (!methods.is_empty()).then(|| format!("{intro} {}.", SignInMethod::list(methods)));
            list.map(Block::Text)
        };
        let new = if matches!(self, Self::PasswordRecovered { .. }) {
            "Two-step sign-in was on for less than 3 days, so it was turned off. Removed:"
        } else {
            "Removed:"
        };
        let remain = "These sign-in methods remain, and the new password doesn't remove them:";
        list(new, removed).into_iter().chain(list(remain, remaining)).collect()
    }

    /// Returns the sentence before the button, and the label of the button.
    fn remedy(&self) -> (&'static str, &'static str) {
        match self {
            Self::EmailChanged { .. } => ("If this wasn't you, restore this email address:", "Restore email address"),
            Self::DeletionScheduled { .. } => ("If you want to keep your account:", "Keep my account"),
            Self::NewDevice { .. } => (
                "If this wasn't you, sign that device out. This also removes the passkeys and other sign-in methods that \
                 it added in the last 3 days:",
                "Sign out that device",
            ),
            _ => (
                "If this wasn't you, remove it, and everything that the same device added after it:",
                "Remove it and sign out all devices",
            ),
        }
    }
}

/// Builds the email about `mail.about`.
pub(super) fn content(mail: &NoticeMail, from: &Sender) -> Content {
    let (portal, at) = (from.portal(), text::moment(mail.at));
    let (subject, happened) = mail.about.what(mail.username.as_str(), portal);
    let mut body = vec![text::greeting(&mail.username), Block::Text(happened.clone())];
    if let Some(link) = mail.about.link() {
        let (before, label) = mail.about.remedy();
        let url = format!("{}{}?token={}", from.home(), paths::FROM_MAIL, link.token);
        body.push(Block::Text(before.to_owned()));
        body.push(Block::Button(content::Link { label, url }));
        body.push(Block::Text(format!(
            "The link expires {}. It opens a page that asks you to confirm.",
            text::deadline(link.until)
        )));
    }
    body.extend(mail.about.methods());
    let origin = if let NotificationKind::ByAdministrator { .. } = mail.about {
        format!("An administrator of {portal} did this on {at}.")
    } else {
        let origin = text::origin(&mail.browser, &mail.requester_ip);
        format!("This happened on {at}, from {origin}.")
    };
    let advice = mail.about.advice();
    Content {
        title: subject.clone(),
        subject,
        preview: happened,
        body,
        footer: vec![origin, advice.text.to_owned()],
        footer_link: Some(content::Link { label: advice.label, url: format!("{}{}", from.home(), advice.path) }),
    }
}
