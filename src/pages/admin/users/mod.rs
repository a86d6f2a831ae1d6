//! `/admin/users`: who has an account, who they are, and what is done to them.

mod deed;
mod detail;
mod list;

pub use deed::UserDeedPage;
pub use detail::UserPage;
pub use list::UsersPage;
