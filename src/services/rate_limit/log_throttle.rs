//! Throttling of log lines about frequent events.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Minimum milliseconds between two log lines about the same kind of event.
const PAUSE_MS: u64 = 1_000;

/// Counts events and tells when to log a summary, so that a flood of requests does not become a
/// flood of log lines.
#[derive(Debug, Default)]
pub struct LogThrottle {
    /// Milliseconds since the clock started, as `elapsed`.
    next_at: AtomicU64,
    unlogged: AtomicU64,
}

impl LogThrottle {
    /// Counts one event at `elapsed`. Returns the number of events since the last log line,
    /// including this one, when another line is due.
    pub fn count(&self, elapsed: Duration) -> Option<u64> {
        self.unlogged.fetch_add(1, Ordering::Relaxed);
        self.is_due(elapsed).then(|| self.unlogged.swap(0, Ordering::Relaxed))
    }

    /// Whether the pause is over; if so, a new one starts. Returns `true` to only one of several
    /// concurrent callers.
    pub fn is_due(&self, elapsed: Duration) -> bool {
        let now = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let next = self.next_at.load(Ordering::Relaxed);
        let taken = || self.next_at.compare_exchange(next, now + PAUSE_MS, Ordering::Relaxed, Ordering::Relaxed);
        now >= next && taken().is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::LogThrottle;
    use std::time::Duration;

    #[test]
    fn the_first_event_is_logged_at_once_and_later_ones_once_a_second() {
        let throttle = LogThrottle::default();
        let at = |ms| throttle.count(Duration::from_millis(ms));
        assert_eq!(at(0), Some(1));
        assert_eq!([at(1), at(500), at(999)], [None; 3]);
        assert_eq!(at(1_000), Some(4));
        assert_eq!(at(1_001), None);
        assert_eq!(at(60_000), Some(2));
    }
}
