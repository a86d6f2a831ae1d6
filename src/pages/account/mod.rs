//! The pages on which a person looks after their account.

mod confirm;

pub use confirm::ConfirmPage;
