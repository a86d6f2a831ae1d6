//! What the portal runs with: settings, database, version. Nothing secret.

use std::sync::Arc;
use std::time::Duration;

use super::Administration;
use crate::domain::Timestamp;
use crate::server::config::Config;
use crate::server::config::report::{self, Limit, Setting};
use crate::server::services::maintenance::LastPurge;
use crate::server::services::outcome::ServiceError;
use crate::server::services::requester::Requester;
use crate::server::store::facts::DatabaseFacts;

/// What was known at the start, and does not change until the next one.
#[derive(Clone, Debug)]
pub struct About(Arc<AtStart>);

#[derive(Debug)]
struct AtStart {
    settings: Vec<Setting>,
    limits: Vec<Limit>,
    at: Timestamp,
    last_purge: LastPurge,
}

impl About {
    /// The portal that starts now with this configuration.
    #[must_use]
    pub fn new(config: &Config, at: Timestamp, last_purge: LastPurge) -> Self {
        let (settings, limits) = (report::settings(config), report::limits(config));
        Self(Arc::new(AtStart { settings, limits, at, last_purge }))
    }
}

/// What an operator asks about.
#[derive(Clone, Debug)]
pub struct RunsWith {
    pub settings: Vec<Setting>,
    pub limits: Vec<Limit>,
    pub version: &'static str,
    pub database: DatabaseFacts,
    /// When this process started.
    pub started: Timestamp,
    pub uptime: Duration,
    /// When this process last deleted what had outlived its purpose.
    pub purged: Option<Timestamp>,
}

impl Administration {
    /// What the portal runs with.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] to whoever is no administrator; faults.
    pub async fn runs_with(&self, by: &Requester) -> Result<RunsWith, ServiceError> {
        by.administrator()?;
        let about = &*self.about.0;
        Ok(RunsWith {
            settings: about.settings.clone(),
            limits: about.limits.clone(),
            version: env!("CARGO_PKG_VERSION"),
            database: self.store.facts().await?,
            started: about.at,
            uptime: self.clock.now().since(about.at),
            purged: about.last_purge.get(),
        })
    }
}
