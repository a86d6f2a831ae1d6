//! The code in an email.

use std::fmt;

use super::base32;
use super::limits::OTP_DIGITS;
use super::otp_code::{OtpCode, OtpCodeError};

/// Number of characters in a long code, five bits each.
pub const LONG_CODE_LENGTH: usize = 12;

/// A code that is sent by email: six digits or, if too many codes were guessed, 12 characters with
/// 60 random bits, which cannot be guessed.
///
/// Never printed. Lives only as long as one request or the email that carries it.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailCode(String);

/// Why a text cannot be a code, as an error message for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailCodeError {
    #[error(transparent)]
    Digits(#[from] OtpCodeError),
    #[error("The code has {OTP_DIGITS} digits, or {LONG_CODE_LENGTH} letters and digits.")]
    Malformed,
}

impl EmailCode {
    /// Parses a code as typed. Spaces and hyphens are ignored, and so is the case of letters.
    ///
    /// # Errors
    /// Returns an error if the text is empty or not a code.
    pub fn parse(typed: &str) -> Result<Self, EmailCodeError> {
        match OtpCode::parse(typed) {
            Ok(code) => Ok(code.into()),
            Err(error) => match base32::parse(typed, LONG_CODE_LENGTH) {
                Some(code) => Ok(Self(code)),
                None if typed.trim().len() > LONG_CODE_LENGTH => Err(EmailCodeError::Malformed),
                None => Err(error.into()),
            },
        }
    }

    /// Creates a long code from 60 of these bits.
    #[must_use]
    pub fn long(bits: u64) -> Self {
        Self(base32::encode(bits.into(), LONG_CODE_LENGTH))
    }

    /// Returns the digits or characters, for the keyed hash.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the code as it is shown in the email: a long one in groups of four.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.0.len() == LONG_CODE_LENGTH { base32::in_groups(&self.0) } else { self.0.clone() }
    }
}

impl From<OtpCode> for EmailCode {
    fn from(code: OtpCode) -> Self {
        Self(code.expose().to_owned())
    }
}

impl fmt::Debug for EmailCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::EmailCode;

    #[test]
    fn both_kinds_of_code_are_parsed_as_shown_and_as_typed_by_hand() {
        let long = EmailCode::long(0x0123_4567_89ab_cdef);
        assert_eq!(long.shown().len(), 14);
        assert_eq!(EmailCode::parse(&long.shown()), Ok(long.clone()));
        assert_eq!(EmailCode::parse(&long.shown().to_lowercase().replace('-', " ")), Ok(long));
        assert_eq!(EmailCode::parse(" 012-345 ").map(|code| code.shown()), Ok("012345".to_owned()));
    }

    #[test]
    fn a_text_that_is_no_code_says_what_a_code_looks_like() {
        let message = |typed| EmailCode::parse(typed).map_err(|error| error.to_string());
        assert_eq!(message(" "), Err("Enter the code from the email.".to_owned()));
        assert_eq!(message("12345"), Err("The code has 6 digits.".to_owned()));
        assert_eq!(message("ABCD-EFGH-JKM"), Err("The code has 6 digits, or 12 letters and digits.".to_owned()));
    }
}
