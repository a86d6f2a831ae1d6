//! The readiness check: whether the portal can do its work.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::server::clock::Clock;
use crate::server::store::{Store, StoreError};

/// How long the result of a check is reused.
const FRESH: Duration = Duration::from_secs(1);
/// How long a check may take. It is shorter than the time a write may wait for its turn, because a
/// portal whose writes wait that long is not usable.
const LIMIT: Duration = Duration::from_secs(5);

/// Checks the database by reading from it and writing to it.
#[derive(Clone, Debug)]
pub struct Readiness {
    store: Store,
    clock: Clock,
    /// The last check. It stays locked while a check runs, so that concurrent requests get its
    /// result.
    last: Arc<Mutex<Option<Check>>>,
}

#[derive(Clone, Copy, Debug)]
struct Check {
    at: Duration,
    result: Result<(), NotReady>,
}

/// The reason the portal is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    #[error("the database cannot be read")]
    Unreadable,
    #[error("the database cannot be written")]
    Unwritable,
}

impl Readiness {
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, last: Arc::default() }
    }

    /// Checks that the database can be read and written. The result may be up to one second old.
    ///
    /// # Errors
    /// The operation that failed. The cause is logged.
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
        // A separate task, so that the check completes even if the client disconnects or the time
        // limit is reached.
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
