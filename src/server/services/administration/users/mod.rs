//! The people who have an account: found, looked at, and changed.

mod change;
mod detail;
mod list;
mod rules;

pub use detail::{UserDeedPage, UserPage};
pub use list::{UsersPage, UsersQuery};

use super::Administration;
