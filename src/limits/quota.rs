//! Limits per IP prefix and hour.

use std::time::Duration;

use super::HOUR;
use crate::domain::Timestamp;

/// A rate limit: up to `most` at once, refilled evenly over `per`. Implements the generic cell rate
/// algorithm (ITU-T I.371), whose only state is one timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub most: u32,
    pub per: Duration,
}

impl Quota {
    pub const fn per_hour(most: u32) -> Self {
        Self { most, per: HOUR }
    }

    /// Returns how long it takes to refill one unit.
    pub fn share(self) -> Duration {
        self.per / self.most.max(1)
    }

    /// Takes one unit from a quota that is full again at `full_at`, and returns the new time at
    /// which it is full again.
    ///
    /// # Errors
    /// Returns how long to wait if no unit is available.
    pub fn take(self, full_at: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Duration> {
        // A later time was stored before the clock was set back.
        let full_at = full_at.unwrap_or(now).clamp(now, now + self.per) + self.share();
        let free_at = now + self.per;
        if full_at > free_at { Err(full_at.since(free_at)) } else { Ok(full_at) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Quota, Timestamp};

    #[test]
    fn a_quota_can_be_used_at_once_and_refills_evenly() {
        let quota = Quota { most: 3, per: Duration::from_secs(60) };
        let now = Timestamp(1_000_000);
        let mut full_at = None;
        for _ in 0..3 {
            full_at = Some(quota.take(full_at, now).expect("a unit is left"));
        }
        assert_eq!(quota.take(full_at, now), Err(Duration::from_secs(20)));
        assert_eq!(quota.take(full_at, now + Duration::from_secs(19)), Err(Duration::from_secs(1)));
        let later = now + Duration::from_secs(20);
        full_at = Some(quota.take(full_at, later).expect("a unit was refilled"));
        assert_eq!(quota.take(full_at, later), Err(Duration::from_secs(20)));
        assert!(quota.take(full_at, now + Duration::from_secs(600)).is_ok());
    }

    #[test]
    fn after_the_clock_is_set_back_the_wait_is_at_most_one_unit() {
        let quota = Quota::per_hour(60);
        let used = Some(Timestamp(1_000_000_000));
        assert_eq!(quota.take(used, Timestamp(0)), Err(Duration::from_secs(60)));
    }
}
