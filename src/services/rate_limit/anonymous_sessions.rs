//! Limits the sessions that anonymous clients can create.
//!
//! The message for a rejected plain form is stored in a session until the next page, and each
//! session is a database row. A client without cookies gets a new session each time.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use quick_cache::unsync::Cache;

use crate::clock::Clock;
use crate::domain::Timestamp;
use crate::limits::{PREFIXES_KEPT, Quota};
use crate::services::IpPrefix;

/// Counts new sessions by IP prefix, in memory. After a restart, rows from before are still removed
/// once they are idle for too long.
pub struct AnonymousSessionLimiter {
    quota: Quota,
    full_at: Mutex<Cache<IpPrefix, Timestamp>>,
    clock: Clock,
}

impl AnonymousSessionLimiter {
    pub fn new(quota: Quota, clock: Clock) -> Self {
        Self { quota, full_at: Mutex::new(Cache::new(PREFIXES_KEPT)), clock }
    }

    /// Whether one more session may start for this IP prefix; if so, it is counted.
    #[must_use]
    pub fn admit(&self, prefix: IpPrefix) -> bool {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        match self.quota.take(full_at.get(&prefix).copied(), self.clock.now()) {
            Ok(later) => {
                full_at.insert(prefix, later);
                true
            }
            Err(_) => false,
        }
    }
}

impl fmt::Debug for AnonymousSessionLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnonymousSessionLimiter").field("quota", &self.quota).finish_non_exhaustive()
    }
}
