//! The pages of the administration: one file each.

mod audit;
mod invitations;
mod users;

pub use audit::AuditPage;
pub use invitations::InvitationsPage;
pub use users::{UserDeedPage, UserPage, UsersPage};

use super::visitor;
