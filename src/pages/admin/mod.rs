//! The admin pages, one file each.

mod audit;
mod invitations;
mod mail;
mod otps;
mod overview;
mod settings;
mod users;

pub use audit::AuditPage;
pub use invitations::InvitationsPage;
pub use mail::MailPage;
pub use otps::OtpsPage;
pub use overview::OverviewPage;
pub use settings::SettingsPage;
pub use users::{UserActionPage, UserPage, UsersPage};

use super::visitor;
