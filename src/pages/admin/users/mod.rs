//! `/admin/users`: the list of users, one user, and the actions on an account.

mod deed;
mod detail;
mod list;

pub use deed::UserActionPage;
pub use detail::UserPage;
pub use list::UsersPage;
