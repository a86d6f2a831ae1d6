//! What is typed at the second step of signing in.

use super::{OtpCode, RecoveryCode};

/// A code from an authenticator app, or a recovery code in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondStepCode {
    App(OtpCode),
    Recovery(RecoveryCode),
}

/// Why a text is neither; the display text is meant for the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecondStepCodeError {
    #[error("Enter the code from your app, or a recovery code.")]
    Empty,
    #[error("A code from the app has 6 digits, a recovery code has 16 letters and digits.")]
    Malformed,
}

impl SecondStepCode {
    /// Tells the two apart by their length; spaces and hyphens are ignored.
    ///
    /// # Errors
    /// When nothing was typed, or something that is neither.
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
    fn six_digits_are_the_apps_and_sixteen_characters_a_recovery_code() {
        assert!(matches!(SecondStepCode::parse("012 345"), Ok(SecondStepCode::App(_))));
        assert!(matches!(SecondStepCode::parse("0123-4567-89ab-cdef"), Ok(SecondStepCode::Recovery(_))));
        assert_eq!(SecondStepCode::parse("  "), Err(SecondStepCodeError::Empty));
        for typed in ["12345", "1234567", "abcdef", "-"] {
            assert_eq!(SecondStepCode::parse(typed), Err(SecondStepCodeError::Malformed), "{typed}");
        }
    }
}
