//! The readiness check: whether the database can be read and written.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::store::{Store, StoreError};

/// How long the result of a write is reused, so that frequent probes are no load.
const FRESH: Duration = Duration::from_secs(1);
/// The longest time for a check. It is shorter than the time a write may wait for its turn,
/// because a portal whose writes wait that long is not usable.
const LIMIT: Duration = Duration::from_secs(5);

/// Checks the database by reading from it and writing to it.
#[derive(Clone, Debug)]
pub struct Readiness {
    store: Store,
    clock: Clock,
    /// The last write. It stays locked while one runs, so that concurrent requests get its result.
    last: Arc<Mutex<Option<Written>>>,
}

#[derive(Clone, Copy, Debug)]
struct Written {
    at: Duration,
    ok: bool,
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
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, last: Arc::default() }
    }

    /// Reads from the database, and writes to it unless that was tried within the last second.
    ///
    /// # Errors
    /// The operation that failed. The cause is logged.
    pub async fn check(&self) -> Result<(), NotReady> {
        let store = self.store.clone();
        if !succeeds("read", async move { store.check_readable().await }).await {
            return Err(NotReady::Unreadable);
        }
        let mut last = self.last.lock().await;
        let fresh = last.filter(|last| self.clock.elapsed().saturating_sub(last.at) < FRESH);
        let ok = match fresh {
            Some(written) => written.ok,
            None => {
                let store = self.store.clone();
                let ok = succeeds("write", async move { store.check_writable().await }).await;
                *last = Some(Written { at: self.clock.elapsed(), ok });
                ok
            }
        };
        if ok { Ok(()) } else { Err(NotReady::Unwritable) }
    }
}

/// Returns whether a check succeeds in time. It runs in a task of its own, so that it finishes even
/// if the request is canceled or the time is up.
async fn succeeds(what: &str, check: impl Future<Output = Result<(), StoreError>> + Send + 'static) -> bool {
    let error = match tokio::time::timeout(LIMIT, tokio::spawn(check)).await {
        Ok(Ok(Ok(()))) => return true,
        Ok(Ok(Err(error))) => error.to_string(),
        Ok(Err(panicked)) => panicked.to_string(),
        Err(_) => format!("no answer within {} s", LIMIT.as_secs()),
    };
    tracing::warn!(event = "readiness.failed", error, "not ready: the {what} check of the database failed");
    false
}
