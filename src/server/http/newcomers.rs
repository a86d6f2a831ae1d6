//! How many sessions those may cause who never signed in.
//!
//! What a refused plain form has to say waits in a session for the next page,
//! and every such session is a row. Somebody who keeps no cookie gets a new one
//! each time: this bounds them.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use quick_cache::unsync::Cache;

use crate::domain::Timestamp;
use crate::server::clock::Clock;
use crate::server::limits::{PREFIXES_KEPT, Quota};
use crate::server::services::AddressPrefix;

/// Counts new sessions by address prefix, in memory: after a restart the rows
/// of before still go when they were idle for too long.
pub struct Newcomers {
    quota: Quota,
    full_at: Mutex<Cache<AddressPrefix, Timestamp>>,
    clock: Clock,
}

impl Newcomers {
    #[must_use]
    pub fn new(quota: Quota, clock: Clock) -> Self {
        Self { quota, full_at: Mutex::new(Cache::new(PREFIXES_KEPT)), clock }
    }

    /// Whether one more session may begin for this address prefix; counts it if so.
    #[must_use]
    pub fn admit(&self, prefix: AddressPrefix) -> bool {
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

impl fmt::Debug for Newcomers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Newcomers").field("quota", &self.quota).finish_non_exhaustive()
    }
}
