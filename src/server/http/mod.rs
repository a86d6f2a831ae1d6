//! The web's side of the portal: from a request to a service and back.

pub mod access_log;
pub mod assets;
pub mod audience;
pub mod body;
pub mod captcha;
pub mod cookies;
pub mod cross_site;
pub mod dev_mailbox;
mod export;
pub mod fault;
pub mod flash;
pub mod flood;
pub mod guards;
pub mod headers;
pub mod identity;
pub mod listen;
pub mod newcomers;
pub mod probes;
pub mod reply;
pub mod requester;
pub mod router;
pub mod sampled;
pub mod session;
pub mod shown_once;
pub mod stash;
pub mod targets;
pub mod views;
