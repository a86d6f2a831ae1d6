//! What the portal writes to people.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::wire;
use crate::domain::{Email, OtpCode, Timestamp, Username};

/// One mail, before it is put into words. It waits in the outbox sealed, and
/// is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// The code that proves the address of a registration.
    RegistrationCode {
        #[serde(with = "wire::email")]
        to: Email,
        #[serde(with = "wire::username")]
        username: Username,
        #[serde(with = "wire::code")]
        code: OtpCode,
        /// The code counts until this moment; the mail is not sent after it.
        #[serde(with = "wire::moment")]
        expires_at: Timestamp,
        /// The address that the code was asked for from, ready to print.
        requester_ip: String,
        /// The browser in short words, or "an unknown browser".
        browser: String,
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
}

impl Message {
    /// The word for lists and logs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RegistrationCode { .. } => "registration_code",
            Self::AccountExists { .. } => "account_exists",
        }
    }

    /// Whom it is for.
    #[must_use]
    pub fn to(&self) -> &Email {
        match self {
            Self::RegistrationCode { to, .. } | Self::AccountExists { to, .. } => to,
        }
    }

    /// From when on it must not be sent any more.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Self::RegistrationCode { expires_at, .. } => Some(*expires_at),
            Self::AccountExists { .. } => None,
        }
    }

    /// What must not be read in a log or in an error that is kept.
    pub(super) fn secrets(&self) -> Vec<&str> {
        match self {
            Self::RegistrationCode { username, code, .. } => vec![username.as_str(), code.expose()],
            Self::AccountExists { username, .. } => vec![username.as_str()],
        }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, …)", self.kind())
    }
}
