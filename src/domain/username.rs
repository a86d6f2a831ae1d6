//! Usernames.

use super::limits::{USERNAME_MAX, USERNAME_MIN};

/// A username: 3 to 32 ASCII letters, digits, `_`, `-` or `.`.
///
/// Only ASCII, so that two different names can't look the same. Case is kept for
/// display and ignored in comparisons; [`Username::key`] must be unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

/// Why a text is not a username, as an error message for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    #[error("Enter a username.")]
    Empty,
    #[error("Use at least {USERNAME_MIN} characters.")]
    TooShort,
    #[error("Use at most {USERNAME_MAX} characters.")]
    TooLong,
    #[error("Use only the letters a–z, digits, dots, hyphens and underscores.")]
    Malformed,
}

impl Username {
    /// Parses a username as typed. Surrounding white space is removed.
    ///
    /// # Errors
    /// Returns the first rule that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, UsernameError> {
        let name = typed.trim();
        if name.is_empty() {
            return Err(UsernameError::Empty);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !name.chars().all(allowed) {
            return Err(UsernameError::Malformed);
        }
        match name.len() {
            0..USERNAME_MIN => Err(UsernameError::TooShort),
            USERNAME_MIN..=USERNAME_MAX => Ok(Self(name.to_owned())),
            _ => Err(UsernameError::TooLong),
        }
    }

    /// Returns a username for emails that are written but never sent.
    #[must_use]
    pub fn placeholder() -> Self {
        Self("placeholder".to_owned())
    }

    /// Returns the username as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the lower-case form that is compared and must be unique.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::{Username, UsernameError};

    #[test]
    fn usernames_of_3_and_of_32_characters_are_accepted() {
        assert_eq!(Username::parse("ab"), Err(UsernameError::TooShort));
        assert!(Username::parse("abc").is_ok());
        assert!(Username::parse(&"a".repeat(32)).is_ok());
        assert_eq!(Username::parse(&"a".repeat(33)), Err(UsernameError::TooLong));
        assert_eq!(Username::parse("  "), Err(UsernameError::Empty));
    }

    #[test]
    fn characters_that_are_not_allowed_are_refused() {
        for typed in ["a b c", "ann@x", "änne", "nul\0l", "аnna", "tab\tbed", "\u{202e}anna"] {
            assert_eq!(Username::parse(typed), Err(UsernameError::Malformed), "{typed:?}");
        }
    }

    #[test]
    fn case_is_kept_for_display_and_ignored_in_the_key() {
        let name = Username::parse(" Ann.Lee ").expect("valid");
        assert_eq!(name.as_str(), "Ann.Lee");
        assert_eq!(name.key(), "ann.lee");
    }
}
