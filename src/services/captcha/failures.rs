//! Failures per IP prefix. They make challenges harder and are kept in memory only, because losing
//! them at a restart is acceptable.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quick_cache::unsync::Cache;

use crate::domain::Timestamp;
use crate::limits::{FAILURES_REMEMBERED, PREFIXES_KEPT};
use crate::services::{IpPrefix, RequestContext};

#[derive(Clone, Copy)]
struct FailureCount {
    failures: u32,
    last_at: Timestamp,
}

/// Counts of wrong passwords, wrong codes and forged challenges. The size is bounded: the least
/// recently used entry is evicted first.
#[derive(Clone)]
pub struct Failures(Arc<Mutex<Cache<IpPrefix, FailureCount>>>);

impl Failures {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Cache::new(PREFIXES_KEPT))))
    }

    /// Counts one failure.
    pub fn count(&self, by: &RequestContext, now: Timestamp) {
        let (mut cache, prefix) = (self.cache(), by.prefix());
        let failures = count(&cache, prefix, now).saturating_add(1);
        cache.insert(prefix, FailureCount { failures, last_at: now });
    }

    /// Returns the number of failures. The count resets after an hour without a failure.
    #[must_use]
    pub fn of(&self, by: &RequestContext, now: Timestamp) -> u32 {
        count(&self.cache(), by.prefix(), now)
    }

    fn cache(&self) -> MutexGuard<'_, Cache<IpPrefix, FailureCount>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(cache: &Cache<IpPrefix, FailureCount>, prefix: IpPrefix, now: Timestamp) -> u32 {
    let entry = cache.get(&prefix).filter(|entry| now.since(entry.last_at) < FAILURES_REMEMBERED);
    entry.map_or(0, |entry| entry.failures)
}

impl Default for Failures {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Failures(…)")
    }
}
