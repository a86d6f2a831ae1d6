//! Who must use two-step sign-in.

use super::Role;

/// The users who must have a second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MfaPolicy {
    #[default]
    Optional,
    Admins,
    Everyone,
}

impl MfaPolicy {
    /// Whether users with this role must have a second factor.
    #[must_use]
    pub fn applies_to(self, role: Role) -> bool {
        match self {
            Self::Optional => false,
            Self::Admins => role == Role::Administrator,
            Self::Everyone => true,
        }
    }
}
