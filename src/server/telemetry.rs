//! Logs: structured, in UTC, and without a secret at any level.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::config::log::{LogConfig, LogFormat};

/// Libraries whose finer levels print what passes through them: headers,
/// statements with their values, lines of a mail. Whatever is asked for, they
/// say no more than `INFO`.
const TALKATIVE: &[&str] =
    &["lettre", "hyper", "h2", "sqlx", "sea_orm", "rustls", "tower_sessions", "leptos", "server_fn", "any_spawner"];

/// Sends the program's events to standard error. A second call does nothing.
pub fn init(config: &LogConfig) {
    // Already set: a test in the same process got here first.
    let _ = subscriber(config, std::io::stderr).try_init();
}

/// The subscriber that writes to `writer`.
pub fn subscriber<W>(config: &LogConfig, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let discreet = filter_fn(|event| {
        let talks = TALKATIVE.iter().any(|name| event.target().starts_with(name));
        !talks || *event.level() <= LevelFilter::INFO
    });
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    let layer = match config.format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(layer.with_filter(discreet)).with(filter)
}
