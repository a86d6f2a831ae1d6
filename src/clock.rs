//! The time, as a parameter.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use governor::nanos::Nanos;

use crate::domain::Timestamp;

/// The source of the current time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system clock.
    System,
    /// A clock that only moves when a test moves it.
    Test(TestClock),
}

impl Clock {
    /// Returns the current time in UTC, to the millisecond.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp(0) + since_epoch
            }
            Self::Test(clock) => clock.now(),
        }
    }

    /// Returns the time since a fixed point, for measuring durations. Not affected when the system
    /// clock is set.
    pub fn elapsed(&self) -> Duration {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
        static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
        match self {
            Self::System => FIRST.elapsed(),
            Self::Test(clock) => clock.now().since(Timestamp(0)),
        }
    }
}

/// Rate limiters only measure durations.
impl governor::clock::Clock for Clock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        // 64 bits of nanoseconds last for 584 years.
        Nanos::new(u64::try_from(self.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}

/// A clock set by tests.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Creates a clock that shows `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(start.0)))
    }

    pub fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }

    /// Moves the clock forward.
    pub fn advance(&self, span: Duration) {
        self.set(self.now() + span);
    }

    /// Sets the clock, also to an earlier time.
    pub fn set(&self, moment: Timestamp) {
        self.0.store(moment.0, Ordering::SeqCst);
    }
}
