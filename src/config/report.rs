//! The settings in effect and where each was set, without secrets, for `portal check-config` and
//! the admin pages.

use secrecy::ExposeSecret as _;

use super::Config;
use super::env::Source;
use super::mail::TransportConfig;
use super::passwords::PasswordConfig;
use super::settings::{self, PORTAL_LOG, PUBLIC_URL};
use crate::domain::EmailDomain;
use crate::store::postgres_tls;

/// A setting other than a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: &'static str,
    /// For display; for a secret only whether it is set.
    pub value: String,
    /// Where its variable was set, directly or as a file.
    pub source: Source,
    pub variable: &'static str,
}

/// A limit: its variable and its value in effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    pub variable: &'static str,
    pub value: u64,
    pub source: Source,
}

/// Returns every limit.
#[must_use]
pub fn limits(config: &Config) -> Vec<Limit> {
    let numbers = config.limits.numbers().into_iter();
    numbers.map(|(limit, value)| Limit { variable: limit.name, value, source: config.sources.of(limit.name) }).collect()
}

/// Returns the settings other than the limits, and whether passkeys are available.
#[must_use]
pub fn settings(config: &Config) -> Vec<Setting> {
    let mut all = settings::shown(config);
    if let Some(log) = all.iter_mut().find(|setting| setting.variable == PORTAL_LOG.name)
        && log.source == Source::Default
    {
        // The filter comes from RUST_LOG or is the default.
        *log = Setting::new(config, log.name, "RUST_LOG", log.value.clone());
    }
    let passkeys = config.site.relying_party();
    let passkeys = passkeys.map_or_else(|reason| format!("off: {reason}"), |party| format!("for {}", party.id));
    all.push(Setting::new(config, "Passkeys", PUBLIC_URL.name, passkeys));
    all
}

impl Setting {
    pub(super) fn new(config: &Config, name: &'static str, variable: &'static str, value: String) -> Self {
        Self { name, value, variable, source: config.sources.of(variable) }
    }
}

pub(super) fn proxies(config: &Config) -> String {
    or_none(config.site.trusted_proxies.iter().map(ToString::to_string).collect())
}

pub(super) fn domains(list: &[EmailDomain]) -> String {
    or_none(list.iter().map(|domain| domain.as_str().to_owned()).collect())
}

pub(super) fn previous_key(config: &Config) -> String {
    or_none(config.keys.previous().map(|key| key.id().to_string()).into_iter().collect())
}

pub(super) fn or_none(items: Vec<String>) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

pub(super) fn password_file(config: &Config) -> String {
    let PasswordConfig { file, set, .. } = &config.passwords;
    let shown = file.iter().zip(set).map(|(file, set)| format!("{}, {} passwords", file.display(), set.len()));
    or_none(shown.collect())
}

pub(super) fn mail(config: &Config) -> String {
    match &config.mail.transport {
        TransportConfig::Smtp(server) => format!("SMTP, {server}"),
        TransportConfig::File { dir, .. } => format!("files in {} and /dev/mailbox", dir.display()),
    }
}

/// Describes the database: for SQLite with its file, for PostgreSQL with its server. The rest of a URL may contain a
/// password.
pub(super) fn database(config: &Config) -> String {
    match config.database.sqlite_file() {
        Some(file) => format!("SQLite, {file}"),
        None => {
            let server = postgres_tls::server(config.database.url.expose_secret());
            server.map_or_else(|| "PostgreSQL".to_owned(), |server| format!("PostgreSQL, {server}"))
        }
    }
}
