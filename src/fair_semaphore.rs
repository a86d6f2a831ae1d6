//! A semaphore that is fair between the sources of requests: a source with many waiting requests does not delay those of
//! others.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Where a request comes from: the bytes of its network. Empty for the portal's own work.
pub type Source = Vec<u8>;

tokio::task_local! {
    static SOURCE: Source;
}

/// Does the work of a request from `source`, so that [`current_source`] returns it. Not inherited by spawned tasks.
pub async fn work_for<T>(source: Source, work: impl Future<Output = T>) -> T {
    SOURCE.scope(source, work).await
}

/// Returns the source of the request for which the current task works.
#[must_use]
pub fn current_source() -> Source {
    SOURCE.try_with(Clone::clone).unwrap_or_default()
}

/// Grants a number of permits at a time. When none is free, the sources of waiting requests take turns, and the requests
/// of a source are served in their order. Cheap to clone.
#[derive(Clone)]
pub struct FairSemaphore(Arc<Mutex<State>>);

struct State {
    free: usize,
    /// The sources of waiting requests, in the order of their turns.
    turns: VecDeque<Source>,
    waiting: HashMap<Source, VecDeque<oneshot::Sender<Permit>>>,
}

/// Given to the next request when it is dropped.
pub struct Permit(Option<FairSemaphore>);

impl FairSemaphore {
    #[must_use]
    pub fn new(permits: usize) -> Self {
        Self(Arc::new(Mutex::new(State { free: permits, turns: VecDeque::new(), waiting: HashMap::new() })))
    }

    /// Waits for a permit. A caller that is canceled loses its turn and leaves the permit to the next one.
    pub async fn acquire(&self, source: &Source) -> Permit {
        loop {
            let granted = match self.request(source) {
                Ok(permit) => return permit,
                Err(granted) => granted,
            };
            if let Ok(permit) = granted.await {
                return permit;
            }
        }
    }

    /// Returns a permit immediately, or a receiver of one.
    fn request(&self, source: &Source) -> Result<Permit, oneshot::Receiver<Permit>> {
        let mut state = self.state();
        if state.free > 0 {
            state.free -= 1;
            return Ok(Permit(Some(self.clone())));
        }
        let (grant, granted) = oneshot::channel();
        let waiting = state.waiting.entry(source.clone()).or_default();
        waiting.push_back(grant);
        if waiting.len() == 1 {
            state.turns.push_back(source.clone());
        }
        Err(granted)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Removes the request whose turn it is.
    fn next(&mut self) -> Option<oneshot::Sender<Permit>> {
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

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(semaphore) = self.0.take() else { return };
        loop {
            let mut state = semaphore.state();
            let Some(next) = state.next() else {
                state.free += 1;
                return;
            };
            drop(state);
            match next.send(Self(Some(semaphore.clone()))) {
                Ok(()) => return,
                // The request was canceled, so the permit is for the next one.
                Err(mut unused) => unused.0 = None,
            }
        }
    }
}

impl fmt::Debug for FairSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FairSemaphore(…)")
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit(…)")
    }
}

#[cfg(test)]
impl FairSemaphore {
    pub fn free(&self) -> usize {
        self.state().free
    }

    pub fn waiting(&self) -> usize {
        self.state().waiting.values().map(VecDeque::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{FairSemaphore, current_source, work_for};

    #[tokio::test]
    async fn sources_take_turns() {
        let semaphore = FairSemaphore::new(1);
        let first = semaphore.request(&vec![0]).expect("a free permit");
        let sources = [1, 1, 1, 2, 3, 2];
        let mut waiting: Vec<_> = sources
            .iter()
            .map(|&source| (source, semaphore.request(&vec![source]).expect_err("the permit is in use")))
            .collect();
        let (mut order, mut permit) = (Vec::new(), first);
        while !waiting.is_empty() {
            drop(permit);
            let next = waiting.iter_mut().enumerate().find_map(|(n, (_, it))| Some((n, it.try_recv().ok()?)));
            let (n, granted) = next.expect("the permit is passed on");
            permit = granted;
            order.push(waiting.remove(n).0);
        }
        assert_eq!(order, [1, 2, 3, 1, 2, 1]);
        drop(permit);
        assert!(semaphore.request(&vec![9]).is_ok(), "the permit is free again");
    }

    #[tokio::test]
    async fn canceled_requests_keep_no_permit() {
        let semaphore = FairSemaphore::new(1);
        let held = semaphore.acquire(&vec![1]).await;
        // One is canceled while it waits, and one after it was granted the permit.
        drop(semaphore.request(&vec![2]).expect_err("the permit is in use"));
        let granted = semaphore.request(&vec![3]).expect_err("the permit is in use");
        drop(held);
        drop(granted);
        assert!(semaphore.request(&vec![4]).is_ok());
    }

    #[tokio::test]
    async fn the_source_is_that_of_the_request() {
        assert_eq!(current_source(), Vec::<u8>::new());
        work_for(vec![7], async { assert_eq!(current_source(), [7]) }).await;
    }
}
