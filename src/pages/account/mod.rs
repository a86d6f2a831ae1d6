//! The pages on which a person looks after their account.

mod confirm;
mod security;

pub use confirm::ConfirmPage;
pub use security::{RecoveryCodesPage, SecurityPage};
