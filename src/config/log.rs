//! Logging.

use tracing_subscriber::EnvFilter;

use super::Mistakes;
use super::env::Env;

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
        let name = if env.get("PORTAL_LOG").is_some() { "PORTAL_LOG" } else { "RUST_LOG" };
        let filter = env.get(name).unwrap_or("info").to_owned();
        mistakes.check(name, EnvFilter::try_new(&filter));
        let format = match env.get("PORTAL_LOG_FORMAT") {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => {
                mistakes.add("PORTAL_LOG_FORMAT", format_args!("must be text or json, not {other:?}"));
                LogFormat::Text
            }
        };
        Self { filter, format }
    }
}
