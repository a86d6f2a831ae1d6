//! Whether the portal can do its work.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::server::clock::Clock;
use crate::server::store::{Store, StoreError};

/// For how long one write answers for those who ask: a probe must not become a load.
const FRESH: Duration = Duration::from_secs(1);
/// How long a check may take. Shorter than a write waits for its turn: a portal
/// whose writes wait that long is of no use.
const LIMIT: Duration = Duration::from_secs(5);

/// Checks the database by reading from it and writing to it.
#[derive(Clone, Debug)]
pub struct Readiness {
    store: Store,
    clock: Clock,
    /// The last write. Locked while one runs: who asks meanwhile gets its result.
    last: Arc<Mutex<Option<Written>>>,
}

#[derive(Clone, Copy, Debug)]
struct Written {
    at: Duration,
    ok: bool,
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

    /// Whether the database can be read, and could be written within the last second.
    ///
    /// # Errors
    /// What cannot be done. The cause is in the log.
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

/// Whether a check succeeds in time. It runs in a task of its own, so that it comes
/// to its end also when nobody waits for it any longer.
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
