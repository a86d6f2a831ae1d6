//! Passwords as typed, before they are hashed.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::limits::{PASSWORD_MAX, PASSWORD_MIN};

/// A password of 8 to 128 characters in Unicode normal form C.
///
/// Lives only as long as its request, is never printed, and its memory is cleared
/// on drop. It is never trimmed or truncated, and there are no rules about which
/// characters it must contain (NIST SP 800-63B-4, section 3.1.1.2).
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// Maximum number of bytes in a password as typed. Some keyboards send one character of four bytes as three
/// characters of four bytes each; no decomposition is longer (Unicode, UAX #15).
const BYTES_MAX: usize = 3 * 4 * PASSWORD_MAX;

/// Why a text cannot be a password, as an error message for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("Enter a password.")]
    Empty,
    #[error("Use at least {PASSWORD_MIN} characters.")]
    TooShort,
    #[error("Use at most {PASSWORD_MAX} characters.")]
    TooLong,
    #[error("Remove line breaks and other control characters.")]
    ControlCharacter,
}

impl Password {
    /// Parses a new password. Forms use the password policy, which calls this function, may require more characters,
    /// and checks the strength.
    ///
    /// # Errors
    /// Returns the first rule that the text breaks.
    pub fn parse_new(typed: &str) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        // Refused before the text is normalized.
        if typed.len() > BYTES_MAX {
            return Err(PasswordError::TooLong);
        }
        if typed.chars().any(char::is_control) {
            return Err(PasswordError::ControlCharacter);
        }
        let normal = Zeroizing::new(typed.nfc().collect::<String>());
        match normal.chars().count() {
            0..PASSWORD_MIN => Err(PasswordError::TooShort),
            PASSWORD_MIN..=PASSWORD_MAX => Ok(Self(normal)),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// Parses a password for signing in. Returns `None` for a text that can't be any
    /// user's password, so that it need not be hashed.
    #[must_use]
    pub fn parse_claimed(typed: &str) -> Option<Self> {
        Self::parse_new(typed).ok()
    }

    /// Returns the text, to hash it or to check its strength. Do not store it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Password, PasswordError};

    fn refusal(typed: &str) -> Option<PasswordError> {
        Password::parse_new(typed).err()
    }

    #[test]
    fn length_is_counted_in_characters_after_composition() {
        assert_eq!(refusal(""), Some(PasswordError::Empty));
        assert_eq!(refusal("1234567"), Some(PasswordError::TooShort));
        assert_eq!(refusal("12345678"), None);
        // Eight letters in sixteen code points count as eight, and seven as seven.
        assert_eq!(refusal(&"e\u{301}".repeat(8)), None);
        assert_eq!(refusal(&"e\u{301}".repeat(7)), Some(PasswordError::TooShort));
        assert_eq!(refusal(&"é".repeat(128)), None);
        assert_eq!(refusal(&"é".repeat(129)), Some(PasswordError::TooLong));
        assert_eq!(refusal(&"x".repeat(1_000_000)), Some(PasswordError::TooLong));
    }

    #[test]
    fn the_longest_password_is_accepted_in_its_longest_encoding() {
        let syllables = "한".repeat(128);
        let jamo = "\u{1112}\u{1161}\u{11ab}".repeat(128);
        assert_eq!((refusal(&syllables), refusal(&jamo)), (None, None));
        assert_eq!(refusal(&"\u{1112}\u{1161}\u{11ab}".repeat(129)), Some(PasswordError::TooLong));
        assert_eq!(refusal(&"\u{16d63}\u{16d67}\u{16d67}".repeat(128)), None);
    }

    #[test]
    fn passwords_are_not_trimmed_and_equal_in_every_unicode_composition() {
        let composed = Password::parse_new(" pässword ").expect("valid");
        let decomposed = Password::parse_new(" pa\u{308}ssword ").expect("valid");
        assert_eq!(composed.expose(), " pässword ");
        assert_eq!(composed.expose(), decomposed.expose());
    }

    #[test]
    fn control_characters_are_refused_and_debug_output_is_redacted() {
        assert_eq!(refusal("correct\0horse"), Some(PasswordError::ControlCharacter));
        let password = Password::parse_new("correct horse").expect("valid");
        assert_eq!(format!("{password:?}"), "Password(…)");
    }
}
