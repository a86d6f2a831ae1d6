//! The account pages.

mod confirm;
mod security_log;
mod sessions;

pub use confirm::ConfirmPage;
pub use security_log::{Events, RecentEvents, SecurityLogPage};
pub use sessions::SessionsPage;
mod security;
pub use security::{RecoveryCodesPage, SecurityPage};
mod delete;
mod email_code;
mod overview;
pub use delete::DeletePage;
pub use email_code::EmailCodePage;
pub use overview::AccountPage;
