//! The pages of the administration: one file each.

mod audit;
mod overview;
mod settings;

pub use audit::AuditPage;
pub use overview::OverviewPage;
pub use settings::SettingsPage;

use super::visitor;
