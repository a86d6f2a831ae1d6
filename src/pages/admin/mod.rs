//! The pages of the administration: one file each.

mod audit;

pub use audit::AuditPage;

use super::visitor;
