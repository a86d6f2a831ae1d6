//! Logging.

use tracing_subscriber::EnvFilter;

use super::Mistakes;
use super::env::Env;
use super::settings::{PORTAL_LOG, PORTAL_LOG_FORMAT};

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Human-readable, for a terminal.
    Text,
    /// One JSON object per line.
    Json,
}

/// `PORTAL_LOG` (or `RUST_LOG`) and `PORTAL_LOG_FORMAT`.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// In the syntax of `tracing_subscriber::EnvFilter`.
    pub filter: String,
    pub format: LogFormat,
}

impl LogConfig {
    /// Loads the section.
    pub fn load(env: &Env, mistakes: &mut Mistakes) -> Self {
        let name = if env.get(PORTAL_LOG.name).is_some() { PORTAL_LOG.name } else { "RUST_LOG" };
        let filter = env.get(name).unwrap_or("info").to_owned();
        mistakes.check(name, EnvFilter::try_new(&filter));
        Self { filter, format: env.choice(&PORTAL_LOG_FORMAT, mistakes) }
    }
}
