//! `/admin/users`: the list of users, one user, and the actions on an account.

mod action;
mod detail;
mod list;

pub use action::UserActionPage;
pub use detail::UserPage;
pub use list::UsersPage;
