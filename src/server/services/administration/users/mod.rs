//! The people who have an account: found, looked at, and changed.

mod change;
mod detail;
mod export;
mod list;
mod rules;

pub use detail::{UserDeedPage, UserPage};
pub use export::UsersExport;
pub use list::{UsersPage, UsersQuery};

use super::Administration;
