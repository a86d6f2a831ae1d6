//! The settings, database and version of the running portal, without secrets.

use std::sync::Arc;
use std::time::Duration;

use super::AdminService;
use crate::config::Config;
use crate::config::report::{self, Limit, Setting};
use crate::domain::Timestamp;
use crate::services::maintenance::LastPurge;
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::database_info::DatabaseInfo;

/// Information that is collected at startup and does not change until the next start.
#[derive(Clone, Debug)]
pub struct SystemInfo(Arc<StartupInfo>);

#[derive(Debug)]
struct StartupInfo {
    settings: Vec<Setting>,
    limits: Vec<Limit>,
    at: Timestamp,
    last_purge: LastPurge,
}

impl SystemInfo {
    /// Collects the information about this configuration.
    pub fn new(config: &Config, at: Timestamp, last_purge: LastPurge) -> Self {
        let (settings, limits) = (report::settings(config), report::limits(config));
        Self(Arc::new(StartupInfo { settings, limits, at, last_purge }))
    }
}

/// Information about the running portal.
#[derive(Clone, Debug)]
pub struct RuntimeInfo {
    pub settings: Vec<Setting>,
    pub limits: Vec<Limit>,
    pub version: &'static str,
    pub database: DatabaseInfo,
    /// When this process started.
    pub started: Timestamp,
    pub uptime: Duration,
    /// When this process last completed a purge of expired data.
    pub purged: Option<Timestamp>,
}

impl AdminService<'_> {
    /// Returns information about the running portal.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator.
    pub async fn runtime_info(&self, by: &RequestContext) -> Result<RuntimeInfo, ServiceError> {
        by.administrator()?;
        let info = &*self.core.system_info.0;
        Ok(RuntimeInfo {
            settings: info.settings.clone(),
            limits: info.limits.clone(),
            version: env!("CARGO_PKG_VERSION"),
            database: self.core.store.database_info().await?,
            started: info.at,
            uptime: self.core.clock.now().since(info.at),
            purged: info.last_purge.get(),
        })
    }
}
