//! The codes of the second sign-in step.

use super::recovery_code::RECOVERY_CODE_LENGTH;
use super::{OtpCode, RecoveryCode};

/// A code from an authenticator app, or a recovery code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondStepCode {
    App(OtpCode),
    Recovery(RecoveryCode),
}

/// Why a text is neither, as an error message for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecondStepCodeError {
    #[error("Enter the code from your authenticator app, or a recovery code.")]
    Empty,
    #[error("Enter the 6-digit code from your app, or a recovery code of {RECOVERY_CODE_LENGTH} letters and digits.")]
    Malformed,
}

impl SecondStepCode {
    /// Parses a code as typed. The length decides its kind; spaces and hyphens are ignored.
    ///
    /// # Errors
    /// Returns an error if the text is empty or neither kind of code.
    pub fn parse(typed: &str) -> Result<Self, SecondStepCodeError> {
        if typed.trim().is_empty() {
            return Err(SecondStepCodeError::Empty);
        }
        if let Ok(code) = OtpCode::parse(typed) {
            return Ok(Self::App(code));
        }
        RecoveryCode::parse(typed).map(Self::Recovery).ok_or(SecondStepCodeError::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::{SecondStepCode, SecondStepCodeError};

    #[test]
    fn six_digits_parse_as_an_app_code_and_sixteen_characters_as_a_recovery_code() {
        assert!(matches!(SecondStepCode::parse("012 345"), Ok(SecondStepCode::App(_))));
        assert!(matches!(SecondStepCode::parse("0123-4567-89ab-cdef"), Ok(SecondStepCode::Recovery(_))));
        assert_eq!(SecondStepCode::parse("  "), Err(SecondStepCodeError::Empty));
        for typed in ["12345", "1234567", "abcdef", "-"] {
            assert_eq!(SecondStepCode::parse(typed), Err(SecondStepCodeError::Malformed), "{typed}");
        }
    }
}
