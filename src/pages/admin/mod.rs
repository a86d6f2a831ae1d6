//! The pages of the administration: one file each.

mod audit;
mod invitations;

pub use audit::AuditPage;
pub use invitations::InvitationsPage;

use super::visitor;
