//! The users of the portal: finding, viewing and changing them.

mod change;
mod detail;
mod export;
mod list;
mod rules;

pub use detail::{UserActionPage, UserPage};
pub use export::UsersExport;
pub use list::{UsersPage, UsersQuery};

use super::AdminService;
