//! The name that a user gives to a passkey.

use super::limits::PASSKEY_NAME_MAX;
use super::visible::{has_invisible, is_invisible};

/// A passkey's name of 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyName(String);

/// Why a text is not a name, as an error message for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyNameError {
    #[error("Enter a name.")]
    Empty,
    #[error("Use at most {PASSKEY_NAME_MAX} characters.")]
    TooLong,
    #[error("Use only visible characters.")]
    Invisible,
}

impl PasskeyName {
    /// Parses a name as typed. Surrounding white space is removed.
    ///
    /// # Errors
    /// Returns the first rule that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, PasskeyNameError> {
        let name = typed.trim();
        if name.is_empty() {
            return Err(PasskeyNameError::Empty);
        }
        if has_invisible(name) {
            return Err(PasskeyNameError::Invisible);
        }
        if name.chars().count() > PASSKEY_NAME_MAX {
            return Err(PasskeyNameError::TooLong);
        }
        Ok(Self(name.to_owned()))
    }

    /// Returns the initial name of a passkey: the browser's description, such as "Firefox on Linux".
    #[must_use]
    pub fn of_browser(words: &str) -> Self {
        let visible: String = words.chars().filter(|&c| !is_invisible(c)).take(PASSKEY_NAME_MAX).collect();
        Self::parse(&visible).unwrap_or_else(|_| Self("Passkey".to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{PasskeyName, PasskeyNameError};

    #[test]
    fn names_are_trimmed_and_invisible_characters_are_refused() {
        assert_eq!(PasskeyName::parse("  Ann’s phone ").expect("a name").as_str(), "Ann’s phone");
        assert_eq!(PasskeyName::parse("   "), Err(PasskeyNameError::Empty));
        for invisible in ["a\nb", "a\0", "\u{202e}enohp", "zero\u{200b}width", "soft\u{ad}hyphen", "\u{200d}\u{200d}"] {
            assert_eq!(PasskeyName::parse(invisible), Err(PasskeyNameError::Invisible), "{invisible:?}");
        }
    }

    #[test]
    fn the_length_limit_counts_characters_not_bytes() {
        assert!(PasskeyName::parse(&"é".repeat(64)).is_ok());
        assert_eq!(PasskeyName::parse(&"é".repeat(65)), Err(PasskeyNameError::TooLong));
    }

    #[test]
    fn a_passkey_without_a_usable_browser_name_gets_a_default_name() {
        assert_eq!(PasskeyName::of_browser("Chrome on Linux").as_str(), "Chrome on Linux");
        assert_eq!(PasskeyName::of_browser("\u{202e} ").as_str(), "Passkey");
        assert_eq!(PasskeyName::of_browser(&"x".repeat(99)).as_str().len(), 64);
    }
}
