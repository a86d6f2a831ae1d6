//! What the tests stand on. Only this folder touches the database.

pub(crate) mod app;
pub(crate) mod authenticator;
pub(crate) mod captcha;
pub(crate) mod client;
pub(crate) mod mail;
pub(crate) mod passkeys;
pub(crate) mod process;
pub(crate) mod totp;

pub(crate) use app::TestApp;
pub(crate) use authenticator::Authenticator;
pub(crate) use client::{Answer, Client, Mode, without_random};
