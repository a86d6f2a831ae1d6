//! Saying once a second what happens a thousand times a second.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The least milliseconds between two lines of the log about one thing.
const PAUSE_MS: u64 = 1_000;

/// Counts events and tells when it is time for a line about them: a flood of
/// requests must not become a flood of lines.
#[derive(Debug, Default)]
pub struct Sampled {
    /// Milliseconds on the clock that gives `elapsed`.
    next_at: AtomicU64,
    unsaid: AtomicU64,
}

impl Sampled {
    /// Counts one event at `elapsed`. Gives the number of events since the last
    /// line, this one included, when another line is due.
    pub fn count(&self, elapsed: Duration) -> Option<u64> {
        self.unsaid.fetch_add(1, Ordering::Relaxed);
        self.is_due(elapsed).then(|| self.unsaid.swap(0, Ordering::Relaxed))
    }

    /// Whether the pause is over; it then begins anew. True for one caller alone.
    pub fn is_due(&self, elapsed: Duration) -> bool {
        let now = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let next = self.next_at.load(Ordering::Relaxed);
        let taken = || self.next_at.compare_exchange(next, now + PAUSE_MS, Ordering::Relaxed, Ordering::Relaxed);
        now >= next && taken().is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Sampled;
    use std::time::Duration;

    #[test]
    fn the_first_event_is_told_at_once_and_the_others_once_a_second() {
        let sampled = Sampled::default();
        let at = |ms| sampled.count(Duration::from_millis(ms));
        assert_eq!(at(0), Some(1));
        assert_eq!([at(1), at(500), at(999)], [None; 3]);
        assert_eq!(at(1_000), Some(4));
        assert_eq!(at(1_001), None);
        assert_eq!(at(60_000), Some(2));
    }
}
