//! Redacts personal data in replies of mail servers, which are stored for administrators.

use super::message::Message;

/// Maximum number of characters of a stored error.
const LONGEST: usize = 200;
/// Replaces a redacted word.
const REDACTED: &str = "[…]";

/// Returns an error as one line of at most 200 characters. Words that contain an email, the
/// recipient's name or the code are redacted: servers repeat what they were sent, and some write an
/// email as `ann=example.com@relay`.
#[must_use]
pub fn redact(error: &str, message: Option<&Message>) -> String {
    let mut secrets: Vec<String> = Vec::new();
    if let Some(message) = message {
        let (local, _) = message.to().key().rsplit_once('@').unwrap_or_default();
        secrets = message.secrets().into_iter().chain([local]).map(str::to_ascii_lowercase).collect();
    }
    let kept: Vec<&str> = error
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| if is_secret(word, &secrets) { REDACTED } else { word })
        .collect();
    kept.join(" ").chars().take(LONGEST).collect()
}

fn is_secret(word: &str, secrets: &[String]) -> bool {
    let word = word.to_ascii_lowercase();
    // Matches the at sign of an email in its encoded forms too (RFC 3461, section 4; RFC 3986).
    if ["@", "+40", "%40"].iter().any(|sign| word.contains(sign)) {
        return true;
    }
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    // One or two letters occur in many words, so such a name must match the whole word.
    secrets.iter().any(|secret| bare == secret || (secret.len() > 2 && word.contains(secret.as_str())))
}

#[cfg(test)]
mod tests {
    use super::redact;
    use crate::domain::{Email, OtpCode, Timestamp, Username};
    use crate::mail::{CodeMail, Message};

    fn message(to: &str) -> Message {
        Message::RegistrationCode(CodeMail {
            to: Email::parse(to).expect("valid"),
            username: Username::parse("ann.lee").expect("valid"),
            code: OtpCode::from_number(42_042),
            expires_at: Timestamp(0),
            requester_ip: "203.0.113.7".to_owned(),
            browser: "Firefox".to_owned(),
        })
    }

    #[test]
    fn the_recipient_is_redacted_however_a_server_repeats_it() {
        let message = message("Ann@Example.com");
        for reply in [
            "550 5.1.1 <ann@example.com>: rejected",
            "550 ANN@EXAMPLE.COM rejected",
            "550 <ann=example.com@relay.example> rejected",
            "550 rfc822;ann+40example.com rejected",
            "550 User ann rejected",
            "550 mailbox=ann: rejected",
            "550 'Code 042042 for ann.lee' rejected",
        ] {
            let kept = redact(reply, Some(&message));
            assert!(kept.starts_with("550 ") && kept.ends_with("rejected"), "{kept}");
            assert!(!kept.to_lowercase().contains("ann") && !kept.contains("042042"), "{kept}");
        }
    }

    #[test]
    fn a_one_letter_name_does_not_redact_every_word() {
        let message = message("a@example.com");
        assert_eq!(redact("no mailbox a available", Some(&message)), "no mailbox […] available");
    }

    #[test]
    fn an_error_is_one_line_of_limited_length() {
        assert_eq!(redact("a\r\nb\0c \u{1b}[31m", None), "a b c [31m");
        assert_eq!(redact(&"é".repeat(1_000), None).chars().count(), 200);
    }
}
