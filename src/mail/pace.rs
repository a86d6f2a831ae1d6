//! How long sending takes, for decoys to take as long.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long the last attempt to send a code took. Nothing before the first one.
#[derive(Debug, Default)]
pub struct Pace(AtomicU64);

impl Pace {
    pub fn set(&self, took: Duration) {
        self.0.store(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub fn get(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}
