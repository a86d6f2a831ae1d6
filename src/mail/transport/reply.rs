//! What a mail server's reply, or the lack of one, means for an email.

use std::io;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Response;

use super::SendError;
use crate::mail::format::one_line_up_to;
use crate::store::outbox::MailFault;

/// Maximum length of the description of an error that is not a reply, such as of a certificate for another name.
const ERROR_MAX: usize = 200;

/// How far an attempt has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Connecting, greeting, TLS and authentication.
    Connection,
    /// `MAIL`: the sender.
    Sender,
    /// `RCPT`: the recipient.
    Recipient,
    /// `DATA`, until the server asks for the email.
    Data,
    /// The email itself. The server may have accepted it, even if its reply is lost.
    Content,
}

impl SendError {
    /// Classifies an error of lettre.
    ///
    /// 4xx is temporary, and 5xx permanent (RFC 5321, section 4.2.1). A permanent reply before the recipient is about the
    /// portal's settings and not about the email, as are some later ones. It must not end the email.
    pub(super) fn of(stage: Stage, error: &Error) -> Self {
        let Some(code) = error.status() else {
            let fault = if stage == Stage::Content { MailFault::Unconfirmed } else { MailFault::Temporary };
            // An error about the form of a reply quotes the reply.
            let invalid = "the mail server closed the connection or sent an invalid reply";
            let text = if error.is_response() { invalid.to_owned() } else { describe(error) };
            return Self::new(fault, text);
        };
        let reply = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        let enhanced = enhanced_code(&reply);
        let fault = if !error.is_permanent() {
            MailFault::Temporary
        } else if concerns_settings(stage, u16::from(code), enhanced, &reply) {
            MailFault::Settings
        } else if stage == Stage::Recipient {
            MailFault::Recipient
        } else {
            MailFault::Content
        };
        let status = enhanced.map_or_else(|| code.to_string(), |enhanced| format!("{code} {enhanced}"));
        Self::new(fault, format!("{status}: {}", phrase(stage, fault)))
    }

    /// The connection could not be opened.
    pub(super) fn connect(error: &io::Error) -> Self {
        Self::new(
            MailFault::Temporary,
            one_line_up_to(&format!("the mail server can't be reached: {error}"), ERROR_MAX),
        )
    }

    /// The server offers no way to authenticate with a password. `hello` is its reply to `EHLO`.
    pub(super) fn no_mechanism(hello: &Response) -> Self {
        let offered =
            hello.message().find_map(|line| line.strip_prefix("AUTH")).map(str::trim).filter(|names| !names.is_empty());
        let offered = offered.map_or_else(|| "no authentication".to_owned(), |names| format!("only {names}"));
        let reason = format!("the mail server offers {offered}, but the portal signs in with PLAIN or LOGIN");
        Self::new(MailFault::Settings, one_line_up_to(&reason, ERROR_MAX))
    }

    /// The server did not reply within the time limit of this stage.
    pub(super) fn no_reply(stage: Stage) -> Self {
        let reason = "the mail server did not answer in time";
        match stage {
            Stage::Content => Self::new(MailFault::Unconfirmed, reason),
            _ => Self::new(MailFault::Temporary, reason),
        }
    }
}

fn phrase(stage: Stage, fault: MailFault) -> &'static str {
    match (fault, stage) {
        (MailFault::Settings, Stage::Connection) => {
            "the mail server refused the connection or the credentials in SMTP_URL"
        }
        (MailFault::Settings, Stage::Sender) => "the mail server refused the sender in MAIL_FROM",
        (MailFault::Settings, _) => {
            "the mail server refused what the portal's settings say: check SMTP_URL, MAIL_FROM and PORTAL_SMTP_HELO"
        }
        (MailFault::Recipient, _) => "the mail server refused the recipient",
        (MailFault::Content, _) => "the mail server refused the email",
        (MailFault::Temporary | MailFault::Unconfirmed, _) => "temporary failure of the mail server",
    }
}

/// Whether a permanent reply is about the portal's settings: its name, credentials, sender, or right to send.
fn concerns_settings(stage: Stage, code: u16, enhanced: Option<&str>, reply: &str) -> bool {
    // RFC 4954, section 6, and RFC 3207, section 4: authentication or TLS is missing. 504 is about the name in EHLO.
    if matches!(stage, Stage::Connection | Stage::Sender) || matches!(code, 504 | 530 | 534 | 535 | 538) {
        return true;
    }
    // The registry of enhanced status codes (RFC 5248): a bad sender; credentials; SPF, DKIM, DMARC, and the portal's
    // host name. 5.7.60 is Microsoft's code for a user who may not send as this sender.
    let settings = [
        "5.1.7", "5.1.8", "5.7.8", "5.7.9", "5.7.11", "5.7.20", "5.7.21", "5.7.22", "5.7.23", "5.7.24", "5.7.25",
        "5.7.26", "5.7.27", "5.7.60",
    ];
    let reply = reply.to_ascii_lowercase();
    enhanced.is_some_and(|enhanced| settings.contains(&enhanced))
        || ["helo command", "ehlo command", "relay", "authentication required", "send as this sender"]
            .iter()
            .any(|words| reply.contains(words))
}

fn describe(error: &Error) -> String {
    // Without the name of the layer, which says nothing to an operator.
    let text = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    one_line_up_to(&text, ERROR_MAX)
}

/// Returns the enhanced status code at the start of a reply (RFC 3463, section 2).
fn enhanced_code(reply: &str) -> Option<&str> {
    let word = reply.split_whitespace().next()?;
    let (class, rest) = word.split_once('.')?;
    let (subject, detail) = rest.split_once('.')?;
    let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (matches!(class, "4" | "5") && is_number(subject) && is_number(detail)).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::{Stage, concerns_settings, enhanced_code};

    #[test]
    fn a_permanent_reply_about_the_portal_does_not_blame_the_recipient() {
        for (reply, code) in [
            ("5.5.2 <25aea30808b2>: Helo command rejected: need fully-qualified hostname", 504),
            ("5.7.1 <localhost>: Helo command rejected: Host not found", 550),
            ("5.7.1 <ann@mail.example>: Relay access denied", 554),
            ("5.7.0 Authentication Required", 530),
            ("5.7.1 Authentication required", 550),
            ("5.7.26 This mail has been blocked because the sender is unauthenticated", 550),
            ("5.7.60 SMTP; Client does not have permissions to send as this sender", 550),
            ("5.1.8 <no-reply@portal.example>: Sender address rejected: Domain not found", 550),
        ] {
            assert!(concerns_settings(Stage::Recipient, code, enhanced_code(reply), reply), "{reply}");
        }
        for (reply, code) in [
            ("5.1.1 <ann@mail.example>: Recipient address rejected: User unknown", 550),
            ("5.2.2 mailbox full", 552),
            ("5.7.1 rejected by policy", 550),
            ("no such user", 550),
        ] {
            assert!(!concerns_settings(Stage::Recipient, code, enhanced_code(reply), reply), "{reply}");
            assert!(concerns_settings(Stage::Sender, code, enhanced_code(reply), reply), "{reply}");
        }
    }
}
