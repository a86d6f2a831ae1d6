//! Whether the email with a code is on its way.

/// Whether the email with a code is on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Sent, or not tried yet.
    #[default]
    Normal,
    /// Tried without success, and about to be tried again.
    Delayed,
    /// The mail server refuses the recipient.
    Refused,
}
