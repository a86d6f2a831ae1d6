//! Configuration from environment variables. [`settings`] and [`crate::limits`] describe each of them once; one file
//! per section loads them. Each section collects its mistakes, so that a failed start reports all of them at once.

pub mod access;
pub mod captcha;
pub mod database;
mod dot_env;
pub mod env;
mod guessing;
pub mod limits;
pub mod log;
pub mod mail;
pub mod passwords;
pub mod reference;
pub mod registration;
pub mod report;
pub mod risks;
pub mod secrets;
mod service_variable;
pub mod setting;
pub mod settings;
pub mod site;
mod site_root;

use std::net::SocketAddr;
use std::path::Path;

use captcha::ThirdPartyConfig;
use database::DatabaseConfig;
use env::{Env, Sources};
use log::LogConfig;
use mail::MailConfig;
use passwords::PasswordConfig;
use registration::RegistrationConfig;
use site::SiteConfig;

use crate::crypto::KeyRing;
use crate::domain::MfaPolicy;
use crate::limits::Limits;
use crate::rng::Rng;

/// All settings. Lives as long as the process.
#[derive(Clone, Debug)]
pub struct Config {
    pub site: SiteConfig,
    pub database: DatabaseConfig,
    pub mail: MailConfig,
    /// `None` means the portal's own proof of work.
    pub third_party: Option<ThirdPartyConfig>,
    /// Which users have to use two-step sign-in.
    pub second_factor: MfaPolicy,
    /// What new passwords are checked against.
    pub passwords: PasswordConfig,
    /// Who may register, with which emails and usernames.
    pub registration: RegistrationConfig,
    pub keys: KeyRing,
    pub limits: Limits,
    pub log: LogConfig,
    /// Where each value was set.
    pub sources: Sources,
    /// One line for each setting that was set under its old name, or that may not mean what it says.
    pub warnings: Vec<String>,
}

/// The mistakes that prevent the start, one line each. The lines contain no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigErrors(pub Vec<String>);

/// Collects mistakes.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<String>);

impl Mistakes {
    /// Adds a mistake about the variable `name`.
    pub fn add(&mut self, name: &str, problem: impl std::fmt::Display) {
        self.0.push(format!("{name}: {problem}"));
    }

    /// Unwraps a setting, or adds its error as a mistake and returns `None`.
    pub fn check<T, E: std::fmt::Display>(&mut self, name: &str, setting: Result<T, E>) -> Option<T> {
        setting.map_err(|problem| self.add(name, problem)).ok()
    }
}

impl Config {
    /// Loads the configuration from the environment and `.env`; the environment takes precedence.
    ///
    /// # Errors
    /// All mistakes, one line each, starting with the name of the variable.
    pub fn from_environment(rng: &Rng) -> Result<Self, ConfigErrors> {
        let env = Env::from_process(Path::new(env::DOT_ENV)).map_err(ConfigErrors)?;
        Self::from_env(&env, rng)
    }

    /// Loads the configuration from `env`.
    ///
    /// # Errors
    /// As [`Config::from_environment`]. If values are in quotation marks or `LEPTOS_ENV` is wrong, only that: which
    /// other settings are mistakes depends on it.
    pub fn from_env(env: &Env, rng: &Rng) -> Result<Self, ConfigErrors> {
        Self::load(env, rng).map_err(|ConfigErrors(mistakes)| {
            ConfigErrors(mistakes.into_iter().map(|mistake| with_place(env, mistake)).collect())
        })
    }

    fn load(env: &Env, rng: &Rng) -> Result<Self, ConfigErrors> {
        let quoted = env.in_quotes();
        if !quoted.is_empty() {
            return Err(ConfigErrors(quoted));
        }
        let production = site::is_production(env).map_err(|mistake| ConfigErrors(vec![mistake]))?;
        let mut mistakes = Mistakes::default();
        env.refuse_unknown(&mut mistakes);
        let limits = limits::load(env, &mut mistakes);
        let log = LogConfig::load(env, &mut mistakes);
        let site = SiteConfig::load(env, production, &mut mistakes);
        let database = DatabaseConfig::load(env, &site, &mut mistakes);
        site_root::check(env, &site, &database, &mut mistakes);
        let mail = MailConfig::load(env, &site, &mut mistakes);
        let third_party = captcha::load(env, production, &mut mistakes);
        let second_factor = env.choice(&settings::PORTAL_REQUIRE_MFA, &mut mistakes);
        let passwords = PasswordConfig::load(env, &mut mistakes);
        let registration = RegistrationConfig::load(env, &mut mistakes);
        let keys = secrets::load(env, &site, rng, &mut mistakes);
        match (mail, keys) {
            (Some(mail), Some(keys)) if mistakes.0.is_empty() => {
                let sources = env.sources();
                let warnings = env.warnings().to_vec();
                Ok(Self {
                    site,
                    database,
                    mail,
                    third_party,
                    second_factor,
                    passwords,
                    registration,
                    keys,
                    limits,
                    log,
                    sources,
                    warnings,
                })
            }
            _ => Err(ConfigErrors(mistakes.0)),
        }
    }
}

/// Loads `LEPTOS_SITE_ADDR` alone, for a command that must work without the other settings, such as the secrets.
///
/// # Errors
/// As [`Config::from_environment`], about this setting and the file `.env`.
pub fn listen_address() -> Result<SocketAddr, ConfigErrors> {
    let env = Env::from_process(Path::new(env::DOT_ENV)).map_err(ConfigErrors)?;
    site::address(&env).map_err(|problem| ConfigErrors(vec![format!("{}: {problem}", settings::LEPTOS_SITE_ADDR.name)]))
}

/// Adds to a mistake where its value is, unless that is a variable of the environment: the line of `.env`, or the
/// variable that names the file.
fn with_place(env: &Env, mistake: String) -> String {
    let Some((name, _)) = mistake.split_once(": ") else { return mistake };
    let file = format!("{name}_FILE");
    if let Some(line) = env.line(name) {
        format!("{mistake} ({}, line {line})", env::DOT_ENV)
    } else if env.get(name).is_none() && env.get(&file).is_some() {
        format!("{mistake} (in the file of {file})")
    } else {
        mistake
    }
}
