//! The test harness. Only this folder accesses the database.

pub(crate) mod app;
pub(crate) mod authenticator;
pub(crate) mod captcha;
pub(crate) mod client;
pub(crate) mod crash_state;
pub(crate) mod disk;
pub(crate) mod mail;
pub(crate) mod passkeys;
pub(crate) mod postgres;
pub(crate) mod process;
pub(crate) mod proxy;
pub(crate) mod totp;

pub(crate) use app::TestApp;
pub(crate) use authenticator::Authenticator;
pub(crate) use client::{Answer, Client, Mode, without_random};

/// Prints a line to the output of the tests, for example that a test was skipped.
#[expect(clippy::print_stdout, reason = "the output of the tests")]
pub(crate) fn report(line: &str) {
    println!("{line}");
}

/// A whole number from the environment, for a test that can be made to take longer.
pub(crate) fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a whole number, not {text:?}")))
}
