//! The reason for an administrator's action.

use super::limits::REASON_MAX;
use super::visible::has_invisible;

/// One line of 1 to 300 characters, recorded in the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReason(String);

/// Why a text is not a valid reason, as an error message for the administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditReasonError {
    #[error("Enter a reason.")]
    Empty,
    #[error("Use at most {REASON_MAX} characters.")]
    TooLong,
    #[error("Use one line, without invisible characters.")]
    Invisible,
}

impl AuditReason {
    /// Parses a reason as typed. Surrounding white space is removed.
    ///
    /// # Errors
    /// Returns the first rule that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, AuditReasonError> {
        let reason = typed.trim();
        if reason.is_empty() {
            return Err(AuditReasonError::Empty);
        }
        if has_invisible(reason) {
            return Err(AuditReasonError::Invisible);
        }
        if reason.chars().count() > REASON_MAX {
            return Err(AuditReasonError::TooLong);
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
    use super::{AuditReason, AuditReasonError};

    #[test]
    fn a_reason_is_one_visible_line_of_at_most_300_characters() {
        assert_eq!(AuditReason::parse(" Asked for it by phone ").expect("a reason").as_str(), "Asked for it by phone");
        assert_eq!(AuditReason::parse(" \t"), Err(AuditReasonError::Empty));
        assert_eq!(AuditReason::parse("a\nb"), Err(AuditReasonError::Invisible));
        assert!(AuditReason::parse(&"é".repeat(300)).is_ok());
        assert_eq!(AuditReason::parse(&"é".repeat(301)), Err(AuditReasonError::TooLong));
    }
}
