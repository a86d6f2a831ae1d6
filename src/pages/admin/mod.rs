//! The pages of the administration: one file each.

mod audit;
mod users;

pub use audit::AuditPage;
pub use users::{UserDeedPage, UserPage, UsersPage};

use super::visitor;
