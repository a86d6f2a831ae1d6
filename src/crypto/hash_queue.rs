//! The bounded queue for work on passwords, which is fair between the sources of requests: hashing them and estimating
//! their strength.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::password_hash::HashError;

/// Requests that may wait for each core. One hash takes 20 to 25 ms, so the last request in the
/// queue waits for about 0.7 seconds. Users who wait longer submit the form again.
pub const WAITING_PER_CORE: usize = 30;
/// The part of the queue that one source may occupy.
const SHARE: usize = 3;

/// Where a request comes from: the bytes of its network.
pub type Source = Vec<u8>;

/// Runs as many hashes or estimates at once as there are cores, with a bounded number of requests waiting.
/// Further requests fail immediately instead of waiting, and use no memory meanwhile.
///
/// The sources of waiting requests take turns, so that a source with many requests does not delay
/// those of others.
#[derive(Clone)]
pub(super) struct HashQueue {
    state: Arc<Mutex<State>>,
    /// Requests that may be in the queue, waiting or running.
    most: usize,
}

#[derive(Default)]
struct State {
    /// Cores in use.
    running: usize,
    /// Requests in the queue, waiting or running, by source.
    inside: HashMap<Source, usize>,
    /// The sources of waiting requests, in the order of their turns.
    turns: VecDeque<Source>,
    waiting: HashMap<Source, VecDeque<oneshot::Sender<Core>>>,
}

/// A slot in the queue, for one thing after the other. Released when the request drops it, for example because it is
/// canceled while waiting, but never while a thread still works for it.
pub struct HashSlot(Arc<Place>);

struct Place {
    queue: HashQueue,
    source: Source,
}

/// A core to hash on. Given to the next request when it is dropped, unless it is empty.
struct Core(Option<HashQueue>);

impl HashQueue {
    /// Creates a queue for this machine with room for `waiting` requests.
    pub(super) fn new(waiting: usize) -> Self {
        Self { state: Arc::default(), most: cores() + waiting }
    }

    pub(super) fn enter(&self, source: Source) -> Result<HashSlot, HashError> {
        let mut state = self.state();
        let own = state.inside.get(&source).copied().unwrap_or_default();
        if state.inside.values().sum::<usize>() >= self.most || own >= self.most.div_ceil(SHARE) {
            return Err(HashError::Busy);
        }
        state.inside.insert(source.clone(), own + 1);
        drop(state);
        Ok(HashSlot(Arc::new(Place { queue: self.clone(), source })))
    }

    /// Returns a core immediately, or a receiver of one.
    fn core(&self, source: &Source) -> Result<Core, oneshot::Receiver<Core>> {
        let mut state = self.state();
        if state.running < cores() {
            state.running += 1;
            return Ok(Core(Some(self.clone())));
        }
        let (give, receive) = oneshot::channel();
        let waiting = state.waiting.entry(source.clone()).or_default();
        waiting.push_back(give);
        if waiting.len() == 1 {
            state.turns.push_back(source.clone());
        }
        Err(receive)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Removes the request whose turn it is.
    fn next(&mut self) -> Option<oneshot::Sender<Core>> {
        let source = self.turns.pop_front()?;
        let waiting = self.waiting.get_mut(&source)?;
        let next = waiting.pop_front();
        if waiting.is_empty() {
            self.waiting.remove(&source);
        } else {
            self.turns.push_back(source);
        }
        next
    }
}

impl HashSlot {
    /// Waits for a core and runs the work there, off the threads that serve requests.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let place = Arc::clone(&self.0);
        let core = match place.queue.core(&place.source) {
            Ok(core) => core,
            Err(receive) => receive.await.map_err(|_| HashError::Stopped)?,
        };
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
        let mut state = self.queue.state();
        if let Some(own) = state.inside.get_mut(&self.source) {
            *own -= 1;
            if *own == 0 {
                state.inside.remove(&self.source);
            }
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let Some(queue) = self.0.take() else { return };
        loop {
            let mut state = queue.state();
            let Some(next) = state.next() else {
                state.running -= 1;
                return;
            };
            drop(state);
            match next.send(Self(Some(queue.clone()))) {
                Ok(()) => return,
                // The request was canceled, so the core is for the next one.
                Err(mut unused) => unused.0 = None,
            }
        }
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
        while queue.state().running < cores() {
            tokio::task::yield_now().await;
        }
        (wait, running)
    }

    fn waiting(queue: &HashQueue) -> usize {
        queue.state().waiting.values().map(std::collections::VecDeque::len).sum()
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
        assert!(queue.state().inside.is_empty());
    }

    #[test]
    fn sources_take_turns() {
        let queue = HashQueue::new(100);
        queue.state().running = cores();
        let waiting = [1, 1, 1, 2, 3, 2].map(|source| queue.core(&vec![source]));
        assert!(waiting.iter().all(Result::is_err), "all cores are in use");
        let (mut state, mut order) = (queue.state(), Vec::new());
        while let Some(source) = state.turns.front().cloned() {
            state.next();
            order.extend(source);
        }
        drop(state);
        assert_eq!(order, [1, 2, 3, 1, 2, 1]);
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
        assert!(queue.state().inside.is_empty());
    }

    #[tokio::test]
    async fn a_canceled_request_releases_its_slot_and_its_turn_but_not_a_running_thread() {
        let queue = HashQueue::new(1);
        let (release, running) = occupy(&queue).await;
        let slot = queue.enter(vec![1]).expect("a free slot");
        let canceled = tokio::spawn(async move { slot.run(|| Ok(())).await });
        while waiting(&queue) == 0 {
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
