//! Whether a user can sign in to an account, and if not, why.

use super::words::words;

words! {
    /// The state of an account.
    pub enum AccountState {
        Open = ("open", "Active"),
        /// Disabled by an administrator.
        Disabled = ("disabled", "Disabled"),
        /// Closed by its owner, with a pending deletion.
        Leaving = ("leaving", "Deletion pending"),
    }
}
