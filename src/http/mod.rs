//! The HTTP layer: turns requests into service calls and their results into responses.

pub mod access_log;
pub mod assets;
mod audit_export;
pub mod auth;
pub mod body;
pub mod csrf;
pub mod csv;
pub mod dev_mailbox;
mod download;
pub mod error_page;
mod export;
mod forwarding;
mod front;
pub mod headers;
pub mod health;
pub mod listen;
mod local_request;
pub mod pages;
pub mod rate_limit;
pub mod request_context;
pub mod request_target;
pub mod router;
pub mod session_auth;
mod users_export;
