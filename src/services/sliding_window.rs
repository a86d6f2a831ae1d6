//! Sliding windows: how long to wait until the next event is allowed.

use std::time::Duration;

use crate::domain::Timestamp;

/// Returns how long to wait until fewer than `most` of `moments` (oldest first) lie within the last
/// `window`, or `None` if another event is allowed now.
#[must_use]
pub fn wait(moments: &[Timestamp], most: usize, window: Duration, now: Timestamp) -> Option<Duration> {
    let inside: Vec<_> = moments.iter().filter(|&&at| at > now - window).collect();
    let blocking = inside.len().checked_sub(most)?;
    let frees_at = **inside.get(blocking)? + window;
    Some(frees_at.since(now))
}

#[cfg(test)]
mod tests {
    use super::wait;
    use crate::domain::Timestamp;
    use std::time::Duration;

    #[test]
    fn the_wait_ends_when_the_oldest_excess_event_leaves_the_window() {
        let minute = Duration::from_secs(60);
        let moments = [10, 20, 30].map(|s| Timestamp(s * 1_000));
        let now = Timestamp(40_000);
        assert_eq!(wait(&moments, 4, minute, now), None);
        assert_eq!(wait(&moments, 3, minute, now), Some(Duration::from_secs(30)));
        assert_eq!(wait(&moments, 2, minute, now), Some(Duration::from_secs(40)));
        assert_eq!(wait(&moments, 3, minute, Timestamp(70_000)), None);
        assert_eq!(wait(&[], 0, minute, now), None);
    }
}
