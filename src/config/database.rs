//! The database connection.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use super::env::Env;
use super::settings::DATABASE_URL;
use super::site::SiteConfig;
use super::{Mistakes, access};
use crate::store::postgres_tls;

/// `DATABASE_URL`. It may contain a password.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    pub url: SecretString,
}

impl DatabaseConfig {
    /// Loads the section; the default is `portal.db` in the data directory.
    pub fn load(env: &Env, site: &SiteConfig, mistakes: &mut Mistakes) -> Self {
        let default = || format!("sqlite://{}/portal.db", site.data_dir.display()).into();
        let url: SecretString = env.secret(&DATABASE_URL, mistakes).unwrap_or_else(default);
        let config = Self { url };
        let url = config.url.expose_secret();
        match url.split(':').next() {
            // Each connection would have a database of its own.
            Some("sqlite") if config.sqlite_file().is_none() => {
                mistakes.add(DATABASE_URL.name, "must name a file, such as sqlite://portal.db");
            }
            Some("sqlite") => {}
            Some("postgres" | "postgresql") => {
                let checked = if site.production { postgres_tls::check(url) } else { postgres_tls::check_syntax(url) };
                mistakes.check(DATABASE_URL.name, checked);
            }
            _ => mistakes.add(DATABASE_URL.name, "must start with sqlite:// or postgres://"),
        }
        config
    }

    /// Checks that the process can write the file of an SQLite database and the files that SQLite creates beside it.
    ///
    /// # Errors
    /// One line: the setting, the path and the reason.
    pub fn check_writable(&self) -> Result<(), String> {
        let Some(file) = self.sqlite_file() else { return Ok(()) };
        let files = ["", "-wal", "-shm"].map(|suffix| format!("{file}{suffix}"));
        let checked = files.iter().try_for_each(|file| access::check_writable(Path::new(file)));
        checked.map_err(|problem| format!("{}: {problem}", DATABASE_URL.name))
    }

    /// Returns the file of an SQLite database.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<&str> {
        let rest = self.url.expose_secret().strip_prefix("sqlite:")?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let in_memory = path == ":memory:" || query.split('&').any(|parameter| parameter == "mode=memory");
        Some(path).filter(|path| !path.is_empty() && !in_memory)
    }
}
