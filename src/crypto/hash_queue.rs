//! The bounded queue for password hashing.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::password_hash::HashError;

/// Requests that may wait for each core. One hash takes 20 to 25 ms, so the last request in the
/// queue waits for just under half a second. Users who wait longer submit the form again.
pub const WAITING_PER_CORE: usize = 20;

/// Runs as many hashes at once as there are cores, with a bounded number of requests waiting.
/// Further requests fail immediately instead of waiting, and use no memory meanwhile.
#[derive(Clone)]
pub(super) struct HashQueue {
    /// A permit for every request in the queue, waiting or running.
    inside: Arc<Semaphore>,
    /// A permit per core, granted in the order of the requests.
    cores: Arc<Semaphore>,
}

/// A slot in the queue. Released when the request is canceled while waiting, or when its hash is
/// done, but never while the hashing thread is still running.
pub struct HashSlot {
    inside: OwnedSemaphorePermit,
    cores: Arc<Semaphore>,
}

impl HashQueue {
    /// Creates a queue for this machine with room for `waiting` requests.
    pub(super) fn new(waiting: usize) -> Self {
        let cores = cores();
        Self { inside: Arc::new(Semaphore::new(cores + waiting)), cores: Arc::new(Semaphore::new(cores)) }
    }

    pub(super) fn enter(&self) -> Result<HashSlot, HashError> {
        let inside = Arc::clone(&self.inside).try_acquire_owned().map_err(|_| HashError::Busy)?;
        Ok(HashSlot { inside, cores: Arc::clone(&self.cores) })
    }
}

impl HashSlot {
    /// Waits for a core and runs the work there, off the threads that serve requests.
    pub(super) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let Self { inside, cores } = self;
        let core = cores.acquire_owned().await.map_err(|_| HashError::Stopped)?;
        // The thread owns both permits: a canceled request does not release its core early.
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((core, inside));
            done
        });
        task.await.map_err(|_| HashError::Stopped)?
    }
}

/// Returns how many hashes run at once.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl fmt::Debug for HashSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashSlot(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::{HashError, HashQueue, cores};

    #[tokio::test]
    async fn the_queue_is_bounded_and_canceled_requests_release_their_slots() {
        let queue = HashQueue::new(3);
        let mut slots: Vec<_> = (0..cores() + 3).map(|_| queue.enter().expect("a free slot")).collect();
        assert!(matches!(queue.enter(), Err(HashError::Busy)));
        // A request that is canceled while it waits for a core.
        let (wait, blocked) = mpsc::channel::<()>();
        let holders: Vec<_> = (0..cores()).map(|_| slots.pop().expect("a remaining slot")).collect();
        let blocked = std::sync::Arc::new(std::sync::Mutex::new(blocked));
        let running: Vec<_> = holders
            .into_iter()
            .map(|slot| {
                let blocked = std::sync::Arc::clone(&blocked);
                tokio::spawn(slot.run(move || {
                    // Returns when the sender is dropped.
                    let _ = blocked.lock().map(|blocked| blocked.recv());
                    Ok(())
                }))
            })
            .collect();
        // Let every task ask for its core before another request does.
        tokio::task::yield_now().await;
        // Wait until every core is taken.
        while queue.cores.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let waiting = slots.pop().expect("a remaining slot").run(|| Ok(()));
        assert!(tokio::time::timeout(Duration::from_millis(50), waiting).await.is_err(), "no core is free");
        let again = queue.enter().expect("the slot of the canceled request");
        assert!(matches!(queue.enter(), Err(HashError::Busy)));
        // Requests canceled while the thread is running keep their slots until it is done.
        for task in &running {
            task.abort();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(matches!(queue.enter(), Err(HashError::Busy)));
        drop(wait);
        assert!(again.run(|| Ok(7)).await.is_ok_and(|done| done == 7));
    }
}
