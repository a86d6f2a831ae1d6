//! The settings in effect and where each was set, without secrets, for `portal check-config` and
//! the admin pages.

use secrecy::ExposeSecret as _;

use super::env::Source;
use super::log::LogFormat;
use super::mail::TransportConfig;
use super::registration::RegistrationConfig;
use super::{Config, limits};
use crate::domain::{CaptchaProvider, EmailDomain, MfaPolicy, RegistrationMode};

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

/// Returns every limit, in the order of [`limits::table`].
#[must_use]
pub fn limits(config: &Config) -> Vec<Limit> {
    let of = |(variable, value)| Limit { variable, value, source: config.sources.of(variable) };
    limits::table(&config.limits).into_iter().map(of).collect()
}

/// Returns every setting other than the limits.
#[must_use]
pub fn settings(config: &Config) -> Vec<Setting> {
    let site = &config.site;
    let set = |name, variable, value: String| Setting { name, value, variable, source: config.sources.of(variable) };
    let mode = if site.production { "production" } else { "development" };
    let log_filter = if config.sources.of("PORTAL_LOG") == Source::Default { "RUST_LOG" } else { "PORTAL_LOG" };
    let mut all = vec![
        set("Mode", "LEPTOS_ENV", mode.to_owned()),
        set("Name", "PORTAL_NAME", site.name.clone()),
        set("Listen address", "LEPTOS_SITE_ADDR", site.address.to_string()),
        set("Public URL", "PUBLIC_URL", site.public_url.origin.clone()),
        set("Trusted proxies", "TRUSTED_PROXIES", proxies(config)),
        set("Data folder", "PORTAL_DATA_DIR", site.data_dir.display().to_string()),
        set("Database", "DATABASE_URL", database(config)),
        set("Email", "SMTP_URL", mail(config)),
        set("Sender", "MAIL_FROM", config.mail.from.to_string()),
        set("Captcha", "PORTAL_CAPTCHA", captcha(config).to_owned()),
        set("Secret key", "SECRET_KEY", config.keys.current().id().to_string()),
    ];
    if let Some(previous) = config.keys.previous() {
        all.push(set("Previous secret key", "SECRET_KEY_PREVIOUS", previous.id().to_string()));
    }
    let passkeys = site.relying_party();
    let passkeys = passkeys.map_or_else(|reason| format!("off: {reason}"), |party| format!("for {}", party.id));
    all.extend([
        set("Passkeys", "PUBLIC_URL", passkeys),
        set("Registration", "PORTAL_REGISTRATION", registration(&config.registration)),
        set("Two-step sign-in", "PORTAL_REQUIRE_MFA", second_step(config.second_factor).to_owned()),
        set("Log", log_filter, config.log.filter.clone()),
        set("Log format", "PORTAL_LOG_FORMAT", log_format(config.log.format).to_owned()),
    ]);
    all
}

fn proxies(config: &Config) -> String {
    let proxies: Vec<_> = config.site.trusted_proxies.iter().map(ToString::to_string).collect();
    if proxies.is_empty() { "none".to_owned() } else { proxies.join(", ") }
}

fn mail(config: &Config) -> String {
    match &config.mail.transport {
        TransportConfig::Smtp { .. } => "SMTP".to_owned(),
        TransportConfig::File { dir } => format!("files in {} and /dev/mailbox", dir.display()),
    }
}

/// Describes the database: for SQLite with its file. A PostgreSQL URL may contain a password, so
/// nothing of it is shown.
fn database(config: &Config) -> String {
    match config.database.sqlite_file() {
        Some(file) => format!("SQLite, {file}"),
        None if config.database.url.expose_secret().starts_with("sqlite:") => "SQLite, in memory".to_owned(),
        None => "PostgreSQL".to_owned(),
    }
}

fn second_step(policy: MfaPolicy) -> &'static str {
    match policy {
        MfaPolicy::Optional => "optional",
        MfaPolicy::Admins => "required for administrators",
        MfaPolicy::Everyone => "required for everyone",
    }
}

fn registration(config: &RegistrationConfig) -> String {
    let who = match config.mode {
        RegistrationMode::Open => "open",
        RegistrationMode::Invitation => "by invitation only",
        RegistrationMode::Closed => "closed",
    };
    let names = |list: &[EmailDomain]| list.iter().map(EmailDomain::as_str).collect::<Vec<_>>().join(", ");
    let mut words = who.to_owned();
    let rules = &config.emails;
    for (what, list) in [("email domains allowed:", &rules.allowed), ("email domains blocked:", &rules.denied)] {
        if !list.is_empty() {
            words = format!("{words}, {what} {}", names(list));
        }
    }
    if rules.refuse_disposable && rules.allowed.is_empty() {
        words.push_str(", no disposable email addresses");
    }
    words
}

fn captcha(config: &Config) -> &'static str {
    match config.third_party.as_ref().map(|third_party| third_party.provider) {
        None => "built-in proof of work",
        Some(CaptchaProvider::Turnstile) => "Cloudflare Turnstile",
        Some(CaptchaProvider::HCaptcha) => "hCaptcha",
    }
}

fn log_format(format: LogFormat) -> &'static str {
    match format {
        LogFormat::Text => "text",
        LogFormat::Json => "JSON",
    }
}
