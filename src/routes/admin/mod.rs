//! `/admin`: the pages of administrators. Everyone else gets a 404.

pub mod audit;
pub mod invitations;
pub mod mail;
pub mod otps;
pub mod overview;
pub mod settings;
pub mod user;
pub mod user_action;
pub mod users;
