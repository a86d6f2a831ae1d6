//! Failures by address prefix, in memory: they make challenges harder, and
//! losing them at a restart costs nothing that counts.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use quick_cache::unsync::Cache;

use crate::domain::Timestamp;
use crate::server::limits::{FAILURES_REMEMBERED, PREFIXES_KEPT};
use crate::server::services::{AddressPrefix, Requester};

#[derive(Clone, Copy)]
struct Failing {
    times: u32,
    last_at: Timestamp,
}

/// Wrong passwords, wrong codes and forged challenges. Bounded: what was not
/// asked for longest goes first.
#[derive(Clone)]
pub struct Failures(Arc<Mutex<Cache<AddressPrefix, Failing>>>);

impl Failures {
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Cache::new(PREFIXES_KEPT))))
    }

    /// Counts one more.
    pub fn note(&self, by: &Requester, now: Timestamp) {
        let times = self.of(by, now).saturating_add(1);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(by.prefix(), Failing { times, last_at: now });
    }

    /// How many there were, none of them followed by an hour without one.
    #[must_use]
    pub fn of(&self, by: &Requester, now: Timestamp) -> u32 {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failing = cache.get(&by.prefix()).copied();
        failing.filter(|failing| now.since(failing.last_at) < FAILURES_REMEMBERED).map_or(0, |failing| failing.times)
    }
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
