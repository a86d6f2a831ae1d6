//! What the portal writes to people.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::notice::{About, Link};
use super::{kinds, wire};
use crate::domain::{Email, OtpCode, Timestamp, Username};

/// One mail, before it is put into words. It waits in the outbox sealed, and
/// is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// The code that proves the address of a registration.
    RegistrationCode(CodeMail),
    /// The code with which a new password can be set.
    RecoveryCode(CodeMail),
    /// The code that proves an account's new address.
    EmailChangeCode(CodeMail),
    /// Something changed that protects an account.
    Notice(NoticeMail),
    /// Somebody may register.
    Invitation {
        #[serde(with = "wire::email")]
        to: Email,
        /// Works until then; the mail is not sent after it.
        link: Link,
    },
    /// Somebody registered with the address of an account.
    AccountExists {
        #[serde(with = "wire::email")]
        to: Email,
        /// The account's name.
        #[serde(with = "wire::username")]
        username: Username,
        /// The address that they came from, ready to print.
        requester_ip: String,
        /// The browser in short words, or "an unknown browser".
        browser: String,
        /// When it happened.
        #[serde(with = "wire::moment")]
        at: Timestamp,
    },
    /// An administrator sees whether mail works.
    Test(TestMail),
}

/// A mail with a code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeMail {
    #[serde(with = "wire::email")]
    pub to: Email,
    #[serde(with = "wire::username")]
    pub username: Username,
    #[serde(with = "wire::code")]
    pub code: OtpCode,
    /// The code counts until this moment; the mail is not sent after it.
    #[serde(with = "wire::moment")]
    pub expires_at: Timestamp,
    /// The address that the code was asked for from, ready to print.
    pub requester_ip: String,
    /// The browser in short words, or "an unknown browser".
    pub browser: String,
}

/// A mail that tells an owner what happened to the account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeMail {
    #[serde(with = "wire::email")]
    pub to: Email,
    #[serde(with = "wire::username")]
    pub username: Username,
    pub about: About,
    /// When it happened.
    #[serde(with = "wire::moment")]
    pub at: Timestamp,
    /// The address that it was done from, ready to print.
    pub requester_ip: String,
    /// The browser in short words, or "an unknown browser".
    pub browser: String,
}

/// A mail that an administrator sends to themselves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestMail {
    #[serde(with = "wire::email")]
    pub to: Email,
    #[serde(with = "wire::username")]
    pub username: Username,
    /// When it was asked for.
    #[serde(with = "wire::moment")]
    pub at: Timestamp,
    /// The address that it was asked for from, ready to print.
    pub requester_ip: String,
    /// The browser in short words, or "an unknown browser".
    pub browser: String,
}

impl Message {
    /// The word for lists and logs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RegistrationCode(_) => "registration_code",
            Self::RecoveryCode(_) => "recovery_code",
            Self::EmailChangeCode(_) => "email_change_code",
            Self::Notice(notice) => notice.about.kind(),
            Self::Invitation { .. } => "invitation",
            Self::AccountExists { .. } => "account_exists",
            Self::Test(_) => kinds::TEST,
        }
    }

    /// Whom it is for.
    #[must_use]
    pub fn to(&self) -> &Email {
        match self {
            Self::RegistrationCode(code) | Self::RecoveryCode(code) | Self::EmailChangeCode(code) => &code.to,
            Self::Notice(notice) => &notice.to,
            Self::Invitation { to, .. } | Self::AccountExists { to, .. } => to,
            Self::Test(test) => &test.to,
        }
    }

    /// From when on it must not be sent any more.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Self::RegistrationCode(code) | Self::RecoveryCode(code) | Self::EmailChangeCode(code) => {
                Some(code.expires_at)
            }
            Self::Invitation { link, .. } => Some(link.until),
            Self::Notice(_) | Self::AccountExists { .. } | Self::Test(_) => None,
        }
    }

    /// What must not be read in a log or in an error that is kept.
    pub(super) fn secrets(&self) -> Vec<&str> {
        match self {
            Self::RegistrationCode(mail) | Self::RecoveryCode(mail) | Self::EmailChangeCode(mail) => {
                vec![mail.username.as_str(), mail.code.expose()]
            }
            Self::Notice(notice) => {
                let mut secrets = vec![notice.username.as_str()];
                secrets.extend(notice.about.link().map(|link| link.token.as_str()));
                secrets
            }
            Self::Invitation { link, .. } => vec![link.token.as_str()],
            Self::AccountExists { username, .. } => vec![username.as_str()],
            Self::Test(test) => vec![test.username.as_str()],
        }
    }
}

impl fmt::Debug for CodeMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeMail(…)")
    }
}

impl fmt::Debug for NoticeMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoticeMail({}, …)", self.about.kind())
    }
}

impl fmt::Debug for TestMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestMail(…)")
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, …)", self.kind())
    }
}
