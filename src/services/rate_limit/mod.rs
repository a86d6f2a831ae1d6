//! Rate limits that are kept in memory: POST requests by IP prefix, new anonymous sessions, and log lines.
//!
//! GET requests are not limited: rendering a page is cheaper than counting it, and users behind a shared
//! IP address would soon be refused the stylesheet. A POST writes to the database and hashes passwords.

mod anonymous_sessions;
mod log_throttle;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::{DashMapStateStore, ShrinkableKeyedStateStore};
use governor::{Quota, RateLimiter};

pub use anonymous_sessions::AnonymousSessionLimiter;
pub use log_throttle::LogThrottle;

use crate::clock::Clock;
use crate::limits::{FLOOD_KEYS, Limits};
use crate::services::IpPrefix;

/// Number of shards of the table, each with its own lock. A cleanup locks them one after another,
/// so a request waits for at most one shard.
const SHARDS: usize = 64;
/// The wait reported to a new IP prefix while the table is full.
const FULL_FOR: Duration = Duration::from_secs(1);

type Limiter = RateLimiter<IpPrefix, Keys, Clock, NoOpMiddleware<Nanos>>;

/// Counts POST requests by IP prefix with the generic cell rate algorithm (GCRA): a burst passes,
/// and then as many requests as the rate allows. The counts are in memory only: at a hundred posts
/// a second, an attacker gains nothing from a restart.
pub struct PostRateLimiter {
    limiter: Limiter,
    keys: Keys,
    /// Maximum number of prefixes that are tracked.
    capacity: usize,
    clock: Clock,
    cleanups: LogThrottle,
    refusals: LogThrottle,
}

/// The counters. The limiter owns them; this module also needs their number.
#[derive(Clone)]
struct Keys(Arc<DashMapStateStore<IpPrefix>>);

impl PostRateLimiter {
    /// Creates a limiter with empty counters.
    pub fn new(limits: &Limits, clock: Clock) -> Self {
        Self::with_capacity(limits, FLOOD_KEYS, clock)
    }

    /// Creates a limiter that tracks at most `most` prefixes.
    pub fn with_capacity(limits: &Limits, capacity: usize, clock: Clock) -> Self {
        let quota = Quota::per_second(limits.posts_per_second).allow_burst(limits.posts_burst);
        let keys = Keys(Arc::new(DashMapStateStore::with_shard_amount(SHARDS)));
        let limiter = RateLimiter::new(quota, keys.clone(), clock.clone());
        Self { limiter, keys, capacity, clock, cleanups: LogThrottle::default(), refusals: LogThrottle::default() }
    }

    /// Counts a POST request.
    ///
    /// # Errors
    /// The time to wait when the limit is reached, or when the table has no room for a new prefix.
    pub fn check(&self, key: IpPrefix) -> Result<(), Duration> {
        if !self.keys.0.contains_key(&key) && self.keys.0.len() >= self.capacity {
            return Err(FULL_FOR);
        }
        self.limiter.check_key(&key).map_err(|until| until.wait_time_from(governor::clock::Clock::now(&self.clock)))
    }

    /// Whether a cleanup is due: the table is nearly full and the last cleanup was at least a
    /// second ago. Returns `true` to only one of several concurrent callers.
    pub fn is_cleanup_due(&self) -> bool {
        self.keys.0.len() >= self.capacity - self.capacity / 8 && self.cleanups.is_due(self.clock.elapsed())
    }

    /// Removes every prefix whose full burst is available again, which loses nothing, and frees the
    /// memory. Takes some tens of milliseconds for a million prefixes.
    pub fn remove_full(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    /// Counts a rejected request. Returns how many were rejected since the last log line when another line is due.
    pub fn count_refusal(&self) -> Option<u64> {
        self.refusals.count(self.clock.elapsed())
    }

    /// Returns the number of tracked prefixes.
    pub fn tracked(&self) -> usize {
        self.keys.0.len()
    }
}

impl StateStore for Keys {
    type Key = IpPrefix;

    fn measure_and_replace<T, F, E>(&self, key: &IpPrefix, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.measure_and_replace(key, f)
    }
}

impl ShrinkableKeyedStateStore<IpPrefix> for Keys {
    fn retain_recent(&self, drop_below: Nanos) {
        self.0.retain_recent(drop_below);
    }

    fn shrink_to_fit(&self) {
        self.0.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for PostRateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostRateLimiter").field("tracked", &self.tracked()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Duration;

    use super::PostRateLimiter;
    use crate::clock::{Clock, TestClock};
    use crate::domain::Timestamp;
    use crate::limits::Limits;
    use crate::services::IpPrefix;

    fn prefix(n: u32) -> IpPrefix {
        IpAddr::V4(Ipv4Addr::from_bits(n)).into()
    }

    #[test]
    fn a_full_table_refuses_new_ip_prefixes_counts_known_ones_and_is_cleaned_up() {
        let clock = TestClock::at(Timestamp(1_000_000));
        let limits = Limits::default();
        let limiter = PostRateLimiter::with_capacity(&limits, 1_000, Clock::Test(clock.clone()));
        let passed = (0..10_000).filter(|&n| limiter.check(prefix(n)).is_ok()).count();
        assert_eq!((passed, limiter.tracked()), (1_000, 1_000));
        assert_eq!(limiter.check(prefix(5_000)), Err(Duration::from_secs(1)));
        for _ in 1..limits.posts_burst.get() {
            assert_eq!(limiter.check(prefix(7)), Ok(()), "a known prefix gets its full burst");
        }
        assert_eq!(limiter.check(prefix(7)), Err(Duration::from_millis(10)));
        assert!(limiter.is_cleanup_due() && !limiter.is_cleanup_due(), "one cleanup per second");
        limiter.remove_full();
        assert_eq!(limiter.tracked(), 1_000, "no prefix has its full burst again");
        // One post is allowed again after 10 ms; prefix 7 has its full burst again after two seconds.
        clock.advance(Duration::from_millis(1_000));
        assert!(limiter.is_cleanup_due());
        limiter.remove_full();
        assert_eq!(limiter.tracked(), 1);
        assert_eq!(limiter.check(prefix(5_000)), Ok(()));
        assert!(!limiter.is_cleanup_due());
    }
}
