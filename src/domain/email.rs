//! Email addresses.

use email_address::{EmailAddress, Options};

use super::limits::EMAIL_MAX;

/// A valid email address.
///
/// Kept as typed for display and compared by [`Email::key`]: lower case, with the
/// domain in its ASCII form (IDNA 2008, UTS 46).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    typed: String,
    key: String,
}

/// Why a text is not an email address, as an error message for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    #[error("Enter your email address.")]
    Empty,
    #[error("Use an email address of at most {EMAIL_MAX} characters.")]
    TooLong,
    #[error("Enter an email address like name@example.com.")]
    Malformed,
}

impl Email {
    /// Parses an email address as typed. Surrounding white space is removed.
    ///
    /// The part before the `@` must be unquoted ASCII: lower-casing other
    /// alphabets makes different mailboxes compare equal.
    ///
    /// # Errors
    /// Returns the first rule that the text breaks. The length limit of 254 bytes
    /// is from RFC 5321, section 4.5.3.1.3.
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(EmailError::Empty);
        }
        if typed.len() > EMAIL_MAX {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = typed.rsplit_once('@').ok_or(EmailError::Malformed)?;
        if !local.is_ascii() || local.contains(['"', '\\']) {
            return Err(EmailError::Malformed);
        }
        if domain.chars().any(is_dropped) {
            return Err(EmailError::Malformed);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| EmailError::Malformed)?;
        let ascii = format!("{local}@{domain}");
        let options = Options::default().with_minimum_sub_domains(2).without_domain_literal().without_display_text();
        EmailAddress::parse_with_options(&ascii, options).map_err(|_| EmailError::Malformed)?;
        if ascii.len() > EMAIL_MAX {
            return Err(EmailError::TooLong);
        }
        Ok(Self { typed: typed.to_owned(), key: ascii.to_ascii_lowercase() })
    }

    /// Returns an email address for emails that are written but never sent (RFC 2606, section 2).
    #[must_use]
    pub fn placeholder() -> Self {
        let email = "placeholder@portal.invalid";
        Self { typed: email.to_owned(), key: email.to_owned() }
    }

    /// Returns the email address as it was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// Returns the form that is compared and must be unique.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the domain in its ASCII form and in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.key.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Returns the form for SMTP: the domain in ASCII, the local part as typed.
    #[must_use]
    pub fn deliverable(&self) -> String {
        let local = self.typed.rsplit_once('@').map_or("", |(local, _)| local);
        format!("{local}@{}", self.domain())
    }

    /// Returns the email address with most of its local part hidden, for lists and logs.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.key.rsplit_once('@').unwrap_or((&self.key, ""));
        let first = local.chars().next().unwrap_or('*');
        format!("{first}***@{domain}")
    }
}

/// Whether IDNA ignores a character, as it does with invisible marks. The email
/// address is shown as typed, so they would be shown with it.
fn is_dropped(c: char) -> bool {
    !c.is_ascii() && idna::domain_to_unicode(c.encode_utf8(&mut [0; 4])).0.is_empty()
}

#[cfg(test)]
mod tests {
    use super::{Email, EmailError};

    #[test]
    fn case_and_idna_variants_share_one_key() {
        let key = |typed| Email::parse(typed).map(|email| email.key().to_owned());
        assert_eq!(key("Ann@Example.COM"), Ok("ann@example.com".to_owned()));
        assert_eq!(key("ann@bücher.example"), key("ann@XN--BCHER-KVA.example"));
    }

    #[test]
    fn the_deliverable_form_has_an_ascii_domain() {
        let email = Email::parse(" Ann.Lee@Bücher.example ").expect("valid");
        assert_eq!(email.as_str(), "Ann.Lee@Bücher.example");
        assert_eq!(email.deliverable(), "Ann.Lee@xn--bcher-kva.example");
        assert_eq!(email.masked(), "a***@xn--bcher-kva.example");
    }

    #[test]
    fn text_that_could_add_a_recipient_or_a_header_is_refused() {
        for typed in [
            "ann",
            "ann@",
            "@x.example",
            "ann@localhost",
            "a@x.example,b@y.example",
            "a@x.example b@y.example",
            "Ann <ann@x.example>",
            "ann@x.example\r\nBcc: b@y.example",
            "a\0nn@x.example",
            "\"a b\"@x.example",
            "ann@[127.0.0.1]",
            "ännë@x.example",
            "ann@x..example",
            "a@b@c.example",
            "ann@-x.example",
            "ann@x_y.example",
        ] {
            assert_eq!(Email::parse(typed), Err(EmailError::Malformed), "{typed:?}");
        }
    }

    #[test]
    fn invisible_characters_are_refused_except_joiners_that_a_script_requires() {
        for mark in ["\u{ad}", "\u{200b}", "\u{200e}", "\u{202e}", "\u{2060}", "\u{2066}", "\u{fe0f}", "\u{feff}"] {
            for typed in
                [format!("ann@ex{mark}ample.com"), format!("ann@{mark}example.com"), format!("an{mark}n@x.com")]
            {
                assert_eq!(Email::parse(&typed), Err(EmailError::Malformed), "{typed:?}");
            }
        }
        // The zero-width non-joiner is part of the spelling of a Persian name.
        assert!(Email::parse("ann@\u{646}\u{627}\u{645}\u{647}\u{200c}\u{627}\u{6cc}.com").is_ok());
    }

    #[test]
    fn the_length_limit_is_254_bytes_as_in_smtp() {
        let of_length = |n: usize| {
            format!("{}@{}.{}.{}.example", "a".repeat(60), "b".repeat(60), "c".repeat(60), "d".repeat(n - 191))
        };
        assert_eq!(of_length(254).len(), 254);
        assert!(Email::parse(&of_length(254)).is_ok());
        assert_eq!(Email::parse(&of_length(255)), Err(EmailError::TooLong));
        assert_eq!(Email::parse(""), Err(EmailError::Empty));
    }
}
