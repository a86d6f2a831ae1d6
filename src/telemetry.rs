//! Logging: structured, in UTC, and without secrets at any level.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::config::log::{LogConfig, LogFormat};

/// Libraries whose debug levels log the data that they process: headers, SQL values, lines of a
/// message. Their info level is of no use to operators, such as four lines for each migration. They are limited to
/// these levels, whatever the configured filter. Their spans are left out: tower-sessions would wrap every request in
/// one.
const VERBOSE_LIBRARIES: &[(&str, LevelFilter)] = &[
    ("lettre", LevelFilter::WARN),
    ("hyper", LevelFilter::WARN),
    ("h2", LevelFilter::WARN),
    ("sqlx", LevelFilter::WARN),
    ("sea_orm", LevelFilter::WARN),
    ("rustls", LevelFilter::WARN),
    // Warns of "possibly suspicious activity" when a browser sends the cookie of a session that has expired.
    ("tower_sessions", LevelFilter::ERROR),
    ("leptos", LevelFilter::WARN),
    ("server_fn", LevelFilter::WARN),
    ("any_spawner", LevelFilter::WARN),
];

/// Writes the program's log events to standard error, synchronously, so that no line of an answered request is lost. A second call has no effect.
pub fn init(config: &LogConfig) {
    // Fails if another test in the same process has already set it.
    let _ = subscriber(config, std::io::stderr).try_init();
}

/// Returns the subscriber that writes to `writer`.
pub fn subscriber<W>(config: &LogConfig, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let library_filter = filter_fn(|event| {
        let library = VERBOSE_LIBRARIES.iter().find(|(name, _)| event.target().starts_with(name));
        library.is_none_or(|(_, most)| event.is_event() && event.level() <= most)
    });
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    let layer = match config.format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(layer.with_filter(library_filter)).with(filter)
}
