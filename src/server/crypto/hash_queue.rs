//! The short queue in front of the cores that hash.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::password_hash::HashError;

/// Who may wait for a core, for each core there is. One hash takes 20 to 25 ms,
/// so the last in the queue waits for just under half a second: longer, and
/// people press the button again.
pub const WAITING_PER_CORE: usize = 20;

/// As many hashes at once as there are cores, and a bounded number of people
/// who wait for one of them. Beyond that the answer is at once that there is no
/// place: a crowd is told to come back instead of being kept waiting, and holds
/// no memory meanwhile.
#[derive(Clone)]
pub(super) struct HashQueue {
    /// Everybody inside, those being served and those waiting.
    inside: Arc<Semaphore>,
    /// Given in the order in which it was asked for.
    cores: Arc<Semaphore>,
}

/// A place in the queue. It is free again when its holder hangs up, or once the
/// hash is done; never while the thread still runs.
pub struct Place {
    inside: OwnedSemaphorePermit,
    cores: Arc<Semaphore>,
}

impl HashQueue {
    /// A queue for this machine in which `waiting` people can stand.
    pub(super) fn new(waiting: usize) -> Self {
        let cores = cores();
        Self { inside: Arc::new(Semaphore::new(cores + waiting)), cores: Arc::new(Semaphore::new(cores)) }
    }

    pub(super) fn enter(&self) -> Result<Place, HashError> {
        let inside = Arc::clone(&self.inside).try_acquire_owned().map_err(|_| HashError::Busy)?;
        Ok(Place { inside, cores: Arc::clone(&self.cores) })
    }
}

impl Place {
    /// Does the work on a core of its own, away from the threads that answer
    /// requests, when it is this place's turn.
    pub(super) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let Self { inside, cores } = self;
        let core = cores.acquire_owned().await.map_err(|_| HashError::Stopped)?;
        // Both go into the thread: a caller that hangs up does not free its core early.
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((core, inside));
            done
        });
        task.await.map_err(|_| HashError::Stopped)?
    }
}

/// How many hashes run at once.
#[must_use]
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::{HashError, HashQueue, cores};

    #[tokio::test]
    async fn there_are_as_many_places_as_said_and_who_hangs_up_gives_theirs_back() {
        let queue = HashQueue::new(3);
        let mut places: Vec<_> = (0..cores() + 3).map(|_| queue.enter().expect("a place")).collect();
        assert!(matches!(queue.enter(), Err(HashError::Busy)));
        // One who waits for a core and hangs up.
        let (wait, blocked) = mpsc::channel::<()>();
        let holders: Vec<_> = (0..cores()).map(|_| places.pop().expect("a place")).collect();
        let blocked = std::sync::Arc::new(std::sync::Mutex::new(blocked));
        let running: Vec<_> = holders
            .into_iter()
            .map(|place| {
                let blocked = std::sync::Arc::clone(&blocked);
                tokio::spawn(place.run(move || {
                    // Ends when the sender goes.
                    let _ = blocked.lock().map(|blocked| blocked.recv());
                    Ok(())
                }))
            })
            .collect();
        // Each takes its core before anybody else asks for one.
        tokio::task::yield_now().await;
        // Each has its core before anybody waits for one.
        while queue.cores.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let waiting = places.pop().expect("a place").run(|| Ok(()));
        assert!(tokio::time::timeout(Duration::from_millis(50), waiting).await.is_err(), "no core is free");
        let again = queue.enter().expect("the place of the one who hung up");
        assert!(matches!(queue.enter(), Err(HashError::Busy)));
        // Callers that hang up while the thread runs keep their places until it is done.
        for task in &running {
            task.abort();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(matches!(queue.enter(), Err(HashError::Busy)));
        drop(wait);
        assert!(again.run(|| Ok(7)).await.is_ok_and(|done| done == 7));
    }
}
