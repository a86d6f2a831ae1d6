//! Who may register.

/// `PORTAL_REGISTRATION`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RegistrationMode {
    /// Anybody.
    #[default]
    Open,
    /// Whoever was invited.
    Invitation,
    /// Nobody.
    Closed,
}

/// What they hear who are nobody's guest where one has to be.
pub const INVITED_ONLY: &str = "You need an invitation to register here.";
/// What everybody hears where nobody can register.
pub const CLOSED: &str = "Registration is closed.";
