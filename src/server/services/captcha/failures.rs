//! Failures per IP prefix. They make challenges harder and are kept in memory only, because losing
//! them at a restart is acceptable.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quick_cache::unsync::Cache;

use crate::domain::Timestamp;
use crate::server::limits::{FAILURES_REMEMBERED, PREFIXES_KEPT};
use crate::server::services::{IpPrefix, RequestContext};

#[derive(Clone, Copy)]
struct Failing {
    times: u32,
    last_at: Timestamp,
}

/// Counts of wrong passwords, wrong codes and forged challenges. The size is bounded: the least
/// recently used entry is evicted first.
#[derive(Clone)]
pub struct Failures(Arc<Mutex<Cache<IpPrefix, Failing>>>);

impl Failures {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Cache::new(PREFIXES_KEPT))))
    }

    /// Counts one failure.
    pub fn count(&self, by: &RequestContext, now: Timestamp) {
        let (mut cache, prefix) = (self.cache(), by.prefix());
        let times = times(&cache, prefix, now).saturating_add(1);
        cache.insert(prefix, Failing { times, last_at: now });
    }

    /// Returns the number of failures. The count resets after an hour without a failure.
    #[must_use]
    pub fn of(&self, by: &RequestContext, now: Timestamp) -> u32 {
        times(&self.cache(), by.prefix(), now)
    }

    fn cache(&self) -> MutexGuard<'_, Cache<IpPrefix, Failing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn times(cache: &Cache<IpPrefix, Failing>, prefix: IpPrefix, now: Timestamp) -> u32 {
    let failing = cache.get(&prefix).filter(|failing| now.since(failing.last_at) < FAILURES_REMEMBERED);
    failing.map_or(0, |failing| failing.times)
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
