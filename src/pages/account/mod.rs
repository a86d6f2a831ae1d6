//! The pages on which a person looks after their account.

mod confirm;
mod delete;
mod email_code;
mod overview;

pub use confirm::ConfirmPage;
pub use delete::DeletePage;
pub use email_code::EmailCodePage;
pub use overview::AccountPage;
