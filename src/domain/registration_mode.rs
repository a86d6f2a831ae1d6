//! Who can create an account.

/// The setting `PORTAL_REGISTRATION`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RegistrationMode {
    /// Anyone.
    #[default]
    Open,
    /// Only invited users.
    Invitation,
    /// No one.
    Closed,
}

/// The message when an invitation is required.
pub const INVITED_ONLY: &str = "You need an invitation to create an account.";
/// The message when registration is closed.
pub const CLOSED: &str = "New accounts can't be created at the moment.";
