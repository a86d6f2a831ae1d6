//! The bounded queue for work on passwords, which is fair between the sources of requests: hashing them and estimating
//! their strength.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::password_hash::HashError;
use crate::fair_semaphore::{FairSemaphore, Source};

/// Requests that may wait for each core. One hash takes 20 to 25 ms, so the last request in the
/// queue waits for about 0.7 seconds. Users who wait longer submit the form again.
pub const WAITING_PER_CORE: usize = 30;
/// The part of the queue that one source may occupy.
const SHARE: usize = 3;

/// Runs as many hashes or estimates at once as there are cores, with a bounded number of requests waiting.
/// Further requests fail immediately instead of waiting, and use no memory meanwhile.
///
/// The sources of waiting requests take turns, so that a source with many requests does not delay
/// those of others.
#[derive(Clone)]
pub(super) struct HashQueue {
    cores: FairSemaphore,
    /// Requests in the queue, waiting or running, by source.
    inside: Arc<Mutex<HashMap<Source, usize>>>,
    /// Requests that may be in the queue, waiting or running.
    most: usize,
}

/// A slot in the queue, for one thing after the other. Released when the request drops it, for example because it is
/// canceled while waiting, but never while a thread still works for it.
pub struct HashSlot(Arc<Place>);

struct Place {
    queue: HashQueue,
    source: Source,
}

impl HashQueue {
    /// Creates a queue for this machine with room for `waiting` requests.
    pub(super) fn new(waiting: usize) -> Self {
        let cores = cores();
        Self { cores: FairSemaphore::new(cores), inside: Arc::default(), most: cores + waiting }
    }

    pub(super) fn enter(&self, source: Source) -> Result<HashSlot, HashError> {
        let mut inside = self.inside();
        let own = inside.get(&source).copied().unwrap_or_default();
        if inside.values().sum::<usize>() >= self.most || own >= self.most.div_ceil(SHARE) {
            return Err(HashError::Busy);
        }
        inside.insert(source.clone(), own + 1);
        drop(inside);
        Ok(HashSlot(Arc::new(Place { queue: self.clone(), source })))
    }

    fn inside(&self) -> MutexGuard<'_, HashMap<Source, usize>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HashSlot {
    /// Waits for a core and runs the work there, off the threads that serve requests.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let place = Arc::clone(&self.0);
        let core = place.queue.cores.acquire(&place.source).await;
        // The thread owns the place and the core: a canceled request does not release them early.
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((core, place));
            done
        });
        task.await.map_err(|_| HashError::Stopped)?
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.queue.inside();
        if let Some(own) = inside.get_mut(&self.source) {
            *own -= 1;
            if *own == 0 {
                inside.remove(&self.source);
            }
        }
    }
}

/// Returns how many hashes run at once.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

impl fmt::Debug for HashSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashSlot(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, mpsc};

    use tokio::task::JoinHandle;

    use super::{HashError, HashQueue, cores};

    /// Occupies every core until the sender is dropped.
    async fn occupy(queue: &HashQueue) -> (mpsc::Sender<()>, Vec<JoinHandle<Result<(), HashError>>>) {
        let (wait, blocked) = mpsc::channel::<()>();
        let blocked = Arc::new(Mutex::new(blocked));
        let running = (0..cores()).map(|core| {
            let (slot, blocked) =
                (queue.enter(vec![100, u8::try_from(core).unwrap_or(0)]).expect("a free slot"), Arc::clone(&blocked));
            tokio::spawn(async move {
                let blocked = move || {
                    // Returns when the sender is dropped.
                    let _ = blocked.lock().map(|blocked| blocked.recv());
                    Ok(())
                };
                slot.run(blocked).await
            })
        });
        let running = running.collect();
        while queue.cores.free() > 0 {
            tokio::task::yield_now().await;
        }
        (wait, running)
    }

    #[tokio::test]
    async fn the_queue_is_bounded_and_one_source_gets_a_third_of_it() {
        let queue = HashQueue::new(3 * 4 - cores());
        let slots: Vec<_> = (0..4).map(|_| queue.enter(vec![1]).expect("a free slot")).collect();
        assert!(matches!(queue.enter(vec![1]), Err(HashError::Busy)), "a third");
        let others: Vec<_> = (0..8).map(|n| queue.enter(vec![2, n]).expect("a free slot")).collect();
        assert!(matches!(queue.enter(vec![3]), Err(HashError::Busy)), "full");
        drop(slots);
        assert!(queue.enter(vec![1]).is_ok());
        drop(others);
        assert!(queue.inside().is_empty());
    }

    #[tokio::test]
    async fn a_slot_is_kept_from_one_thing_to_the_next() {
        let queue = HashQueue::new(1);
        let slots: Vec<_> = (0..).map_while(|n: u8| queue.enter(vec![n]).ok()).collect();
        let here = std::thread::current().id();
        let thread = || Ok(std::thread::current().id());
        for _ in 0..2 {
            assert_ne!(slots[0].run(thread).await.expect("it runs"), here, "not a thread that serves requests");
            assert!(matches!(queue.enter(vec![100]), Err(HashError::Busy)));
        }
        drop(slots);
        assert!(queue.inside().is_empty());
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_the_threads_go_on() {
        let queue = HashQueue::new(1);
        let slot = queue.enter(vec![1]).expect("a free slot");
        for _ in 0..2 * cores() {
            let failed = slot.run(|| -> Result<(), HashError> { panic!("a mistake of ours") }).await;
            assert!(matches!(failed, Err(HashError::Stopped)));
        }
        assert!(slot.run(|| Ok(7)).await.is_ok_and(|done| done == 7));
        assert_eq!(queue.cores.free(), cores());
    }

    #[tokio::test]
    async fn a_canceled_request_releases_its_slot_and_its_turn_but_not_a_running_thread() {
        let queue = HashQueue::new(1);
        let (release, running) = occupy(&queue).await;
        let slot = queue.enter(vec![1]).expect("a free slot");
        let canceled = tokio::spawn(async move { slot.run(|| Ok(())).await });
        while queue.cores.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(queue.enter(vec![2]), Err(HashError::Busy)));
        canceled.abort();
        assert!(canceled.await.is_err());
        let again = queue.enter(vec![2]).expect("the slot of the canceled request");
        for task in &running {
            task.abort();
        }
        assert!(matches!(queue.enter(vec![3]), Err(HashError::Busy)), "the threads still run");
        drop(release);
        assert!(again.run(|| Ok(7)).await.is_ok_and(|done| done == 7));
    }
}
