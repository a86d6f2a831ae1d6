//! The pages of the administration: one file each.

mod audit;
mod mail;
mod otps;

pub use audit::AuditPage;
pub use mail::MailPage;
pub use otps::OtpsPage;

use super::visitor;
