//! The roles of accounts.

use super::words::words;

words! {
    /// The role of an account.
    pub enum Role {
        User = ("user", "User"),
        Administrator = ("administrator", "Administrator"),
    }
}
