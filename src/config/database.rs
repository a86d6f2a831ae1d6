//! The database connection.

use secrecy::{ExposeSecret as _, SecretString};

use super::Mistakes;
use super::env::Env;
use super::settings::DATABASE_URL;
use super::site::SiteConfig;
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
        let scheme = url.expose_secret().split(':').next();
        if !matches!(scheme, Some("sqlite" | "postgres" | "postgresql")) {
            mistakes.add(DATABASE_URL.name, "must start with sqlite:// or postgres://");
        } else if site.production && scheme != Some("sqlite") {
            mistakes.check(DATABASE_URL.name, postgres_tls::check(url.expose_secret()));
        }
        Self { url }
    }

    /// Returns the file of an SQLite database.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<&str> {
        let rest = self.url.expose_secret().strip_prefix("sqlite:")?;
        let path = rest.strip_prefix("//").unwrap_or(rest);
        path.split('?').next().filter(|path| !path.is_empty() && *path != ":memory:")
    }
}
