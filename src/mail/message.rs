//! The emails that the portal sends.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::notice::{Link, NotificationKind};
use super::{kinds, serde_helpers};
use crate::domain::{Email, EmailCode, Timestamp, Username};

/// An email before rendering. It is stored encrypted in the outbox and never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// The code that verifies the email of a registration.
    RegistrationCode(CodeMail),
    /// The code that allows setting a new password.
    RecoveryCode(CodeMail),
    /// The code that verifies the new email of an account.
    EmailChangeCode(CodeMail),
    /// A security-relevant change of an account.
    Notice(NoticeMail),
    /// An invitation to register.
    Invitation {
        #[serde(with = "serde_helpers::email")]
        to: Email,
        /// The registration link; the email is not sent after the link expires.
        link: Link,
    },
    /// Someone tried to register with, or change to, the email of an existing account.
    AccountExists {
        #[serde(with = "serde_helpers::email")]
        to: Email,
        /// The username of the account.
        #[serde(with = "serde_helpers::username")]
        username: Username,
        /// The IP address of the request, formatted for display.
        requester_ip: String,
        /// A short description of the browser, or "an unknown browser".
        browser: String,
        /// When it happened.
        #[serde(with = "serde_helpers::moment")]
        at: Timestamp,
    },
    /// A test of the mail settings by an administrator.
    Test(TestMail),
}

/// An email with a code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeMail {
    #[serde(with = "serde_helpers::email")]
    pub to: Email,
    #[serde(with = "serde_helpers::username")]
    pub username: Username,
    #[serde(with = "serde_helpers::code")]
    pub code: EmailCode,
    /// When the code expires; the email is not sent after that.
    #[serde(with = "serde_helpers::moment")]
    pub expires_at: Timestamp,
    /// The IP address of the request, formatted for display.
    pub requester_ip: String,
    /// A short description of the browser, or "an unknown browser".
    pub browser: String,
}

/// An email that tells users about a change of their account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeMail {
    #[serde(with = "serde_helpers::email")]
    pub to: Email,
    #[serde(with = "serde_helpers::username")]
    pub username: Username,
    pub about: NotificationKind,
    /// When it happened.
    #[serde(with = "serde_helpers::moment")]
    pub at: Timestamp,
    /// The IP address of the request, formatted for display.
    pub requester_ip: String,
    /// A short description of the browser, or "an unknown browser".
    pub browser: String,
}

/// A test email that administrators send to themselves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestMail {
    #[serde(with = "serde_helpers::email")]
    pub to: Email,
    #[serde(with = "serde_helpers::username")]
    pub username: Username,
    /// When it was requested.
    #[serde(with = "serde_helpers::moment")]
    pub at: Timestamp,
    /// The IP address of the request, formatted for display.
    pub requester_ip: String,
    /// A short description of the browser, or "an unknown browser".
    pub browser: String,
}

impl Message {
    /// Returns the name of the kind in lists and logs.
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

    /// Returns the recipient.
    pub fn to(&self) -> &Email {
        match self {
            Self::RegistrationCode(code) | Self::RecoveryCode(code) | Self::EmailChangeCode(code) => &code.to,
            Self::Notice(notice) => &notice.to,
            Self::Invitation { to, .. } | Self::AccountExists { to, .. } => to,
            Self::Test(test) => &test.to,
        }
    }

    /// Returns when the email expires. It must not be sent from then on.
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Self::RegistrationCode(code) | Self::RecoveryCode(code) | Self::EmailChangeCode(code) => {
                Some(code.expires_at)
            }
            Self::Invitation { link, .. } => Some(link.until),
            Self::Notice(_) | Self::AccountExists { .. } | Self::Test(_) => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Emails queued by an earlier version are sent by this one, so their stored form never changes.
    #[test]
    fn queued_emails_keep_their_stored_form_and_every_kind_has_a_label() {
        let code = r#""to":"ann@x.example","username":"ann","code":"123456","expires_at":1,
                      "requester_ip":"192.0.2.7","browser":"Firefox""#;
        let link = r#"{"token":"secret","until":1}"#;
        let method = r#"{"name":"authenticator app","added":1}"#;
        let mut stored: Vec<String> = ["registration_code", "recovery_code", "email_change_code"]
            .map(|kind| format!(r#"{{"kind":"{kind}",{code}}}"#))
            .into();
        stored.push(format!(r#"{{"kind":"invitation","to":"ann@x.example","link":{link}}}"#));
        for kind in ["account_exists", "test"] {
            stored.push(format!(
                r#"{{"kind":"{kind}","to":"ann@x.example","username":"ann","requester_ip":"192.0.2.7",
                     "browser":"Firefox","at":1}}"#
            ));
        }
        let by_administrator =
            ["disabled", "enabled", "recovery_started", "two_step_reset", "made_administrator", "made_user", "deleted"]
                .map(|deed| format!(r#""by_administrator","deed":"{deed}""#));
        let notices = [
            format!(r#""new_device","link":{link}"#),
            format!(r#""email_changed","link":{link}"#),
            format!(r#""deletion_scheduled","link":{link},"on":2"#),
            r#""password_guessed","failures":50"#.to_owned(),
            r#""recovery_code_used","left":2"#.to_owned(),
            r#""passkey_added","name":"Laptop""#.to_owned(),
            r#""passkey_removed","name":"Laptop""#.to_owned(),
            r#""passkey_cloned","name":"Laptop""#.to_owned(),
            format!(r#""two_step_on","undo":{link}"#),
            format!(r#""app_replaced","undo":{link}"#),
            format!(r#""recovery_codes_made","undo":{link}"#),
            format!(r#""passkey_added","name":"Laptop","undo":{link}"#),
            format!(r#""password_recovered","removed":[{method}],"remaining":[{method}]"#),
            format!(r#""factors_removed","removed":[{method}],"remaining":[]"#),
        ];
        let plain = [
            "password_changed",
            "password_recovered",
            "username_changed",
            "email_change_undone",
            "two_step_on",
            "two_step_off",
            "app_replaced",
            "recovery_codes_made",
            "second_step_failed",
            "second_step_locked",
            "deletion_cancelled",
        ]
        .map(|about| format!("{about:?}"));
        for about in by_administrator.into_iter().chain(notices).chain(plain) {
            stored.push(format!(
                r#"{{"kind":"notice","to":"ann@x.example","username":"ann","about":{{"about":{about}}},"at":1,
                     "requester_ip":"192.0.2.7","browser":"Firefox"}}"#
            ));
        }
        let mut kinds = Vec::new();
        for stored in stored {
            let stored: serde_json::Value = serde_json::from_str(&stored).expect("JSON");
            let message: Message = serde_json::from_value(stored.clone()).expect("an email");
            assert_eq!(serde_json::to_value(&message).expect("JSON"), stored);
            kinds.push(message.kind());
        }
        let mut listed = kinds::KINDS.map(|(kind, _)| kind);
        kinds.sort_unstable();
        kinds.dedup();
        listed.sort_unstable();
        assert_eq!(kinds, listed, "lists of emails have a label for each kind");
    }
}
