//! The six-digit code of an email.

use std::fmt;

use super::limits::OTP_DIGITS;

/// A one-time password of six decimal digits, leading zeros included.
///
/// Never printed. Lives only as long as one request or the email that carries it.
#[derive(Clone, PartialEq, Eq)]
pub struct OtpCode(String);

/// Why a text cannot be a code, as an error message for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OtpCodeError {
    #[error("Enter the code from the email.")]
    Empty,
    #[error("The code has {OTP_DIGITS} digits.")]
    Malformed,
}

impl OtpCode {
    /// Parses a code as typed. Spaces and hyphens are ignored.
    ///
    /// # Errors
    /// Returns an error if the text is empty or not six digits.
    pub fn parse(typed: &str) -> Result<Self, OtpCodeError> {
        if typed.len() > 64 {
            return Err(OtpCodeError::Malformed);
        }
        let digits: String =
            typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}')).collect();
        if digits.is_empty() {
            return Err(OtpCodeError::Empty);
        }
        if digits.len() != OTP_DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(OtpCodeError::Malformed);
        }
        Ok(Self(digits))
    }

    /// Creates the code for a number below one million.
    #[must_use]
    pub fn from_number(number: u32) -> Self {
        Self(format!("{:06}", number % 1_000_000))
    }

    /// Returns the six digits, for the email or the keyed hash.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OtpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{OtpCode, OtpCodeError};

    #[test]
    fn spaces_and_hyphens_are_ignored() {
        for typed in ["012345", " 012 345 ", "012-345", "0 1-2 3–4 5\u{a0}"] {
            assert_eq!(OtpCode::parse(typed).expect(typed).expose(), "012345");
        }
    }

    #[test]
    fn text_other_than_six_digits_is_malformed() {
        for typed in ["12345", "1234567", "12345a", "１２３４５６", "12345\0", &" ".repeat(65)] {
            assert_eq!(OtpCode::parse(typed), Err(OtpCodeError::Malformed), "{typed:?}");
        }
        assert_eq!(OtpCode::parse(" - "), Err(OtpCodeError::Empty));
    }

    #[test]
    fn a_code_keeps_its_leading_zeros() {
        assert_eq!(OtpCode::from_number(42).expose(), "000042");
        assert_eq!(format!("{:?}", OtpCode::from_number(42)), "OtpCode(…)");
    }
}
