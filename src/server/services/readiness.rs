//! Whether the portal can do its work.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::server::clock::Clock;
use crate::server::store::{Store, StoreError};

/// For how long one check answers for those who ask.
const FRESH: Duration = Duration::from_secs(1);
/// How long a check may take. Shorter than a write waits for its turn: a portal
/// whose writes wait that long is of no use.
const LIMIT: Duration = Duration::from_secs(5);

/// Checks the database by reading from it and writing to it.
#[derive(Clone, Debug)]
pub struct Readiness {
    store: Store,
    clock: Clock,
    /// Locked while a check runs: who asks meanwhile gets its result.
    last: Arc<Mutex<Option<Check>>>,
}

#[derive(Clone, Copy, Debug)]
struct Check {
    at: Duration,
    result: Result<(), NotReady>,
}

/// Why the portal is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    #[error("the database cannot be read")]
    Unreadable,
    #[error("the database cannot be written")]
    Unwritable,
}

impl Readiness {
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, last: Arc::default() }
    }

    /// Whether the database could be read and written within the last second.
    ///
    /// # Errors
    /// What could not be done. The cause is in the log.
    pub async fn check(&self) -> Result<(), NotReady> {
        let mut last = self.last.lock().await;
        if let Some(check) = *last
            && self.clock.elapsed().saturating_sub(check.at) < FRESH
        {
            return check.result;
        }
        let result = self.look().await;
        *last = Some(Check { at: self.clock.elapsed(), result });
        result
    }

    async fn look(&self) -> Result<(), NotReady> {
        let store = self.store.clone();
        // In a task of its own, so that it comes to its end also when the client or the limit does not wait for it.
        let look = tokio::spawn(async move {
            store.check_readable().await.map_err(|error| (NotReady::Unreadable, error))?;
            store.check_writable().await.map_err(|error| (NotReady::Unwritable, error))
        });
        let looked: Result<(), (NotReady, StoreError)> = match tokio::time::timeout(LIMIT, look).await {
            Ok(Ok(looked)) => looked,
            Ok(Err(_)) | Err(_) => Err((NotReady::Unwritable, StoreError::Busy)),
        };
        looked.map_err(|(why, error)| {
            tracing::warn!(event = "readiness.failed", %error, "not ready: {why}");
            why
        })
    }
}
