//! The reason for an administrator's action.

use super::limits::REASON_MAX;
use super::passkey_name::is_unseen;

/// One line of 1 to 300 characters, recorded in the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

/// Why a text is not a valid reason, as an error message for the administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    #[error("Enter a reason.")]
    Empty,
    #[error("Use at most {REASON_MAX} characters.")]
    TooLong,
    #[error("Use one line, without invisible characters.")]
    Unseen,
}

impl Reason {
    /// Parses a reason as typed. Surrounding white space is removed.
    ///
    /// # Errors
    /// Returns the first rule that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, ReasonError> {
        let reason = typed.trim();
        if reason.is_empty() {
            return Err(ReasonError::Empty);
        }
        if reason.chars().any(is_unseen) {
            return Err(ReasonError::Unseen);
        }
        if reason.chars().count() > REASON_MAX {
            return Err(ReasonError::TooLong);
        }
        Ok(Self(reason.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Reason, ReasonError};

    #[test]
    fn a_reason_is_one_line_that_can_be_read() {
        assert_eq!(Reason::parse(" Asked for it by phone ").expect("a reason").as_str(), "Asked for it by phone");
        assert_eq!(Reason::parse(" \t"), Err(ReasonError::Empty));
        assert_eq!(Reason::parse("a\nb"), Err(ReasonError::Unseen));
        assert!(Reason::parse(&"é".repeat(300)).is_ok());
        assert_eq!(Reason::parse(&"é".repeat(301)), Err(ReasonError::TooLong));
    }
}
