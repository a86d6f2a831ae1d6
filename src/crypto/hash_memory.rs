//! The memory of password hashes, reused from one hash to the next.
//!
//! Requesting and clearing 19 MiB takes about a fifteenth of the time of a hash. Argon2 needs no cleared memory: its
//! first pass writes every block before reading it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::Block;

/// How long unused memory is kept for the next hash.
const KEPT: Duration = Duration::from_millis(250);

/// The memory that is not in use: at most as many blocks of 19 MiB as hashes ran at once.
#[derive(Clone, Default)]
pub(super) struct HashMemory(Arc<Mutex<Unused>>);

#[derive(Default)]
struct Unused {
    /// The one that was used last is used next. The others are then freed when fewer hashes run at once.
    memory: Vec<(u64, Vec<Block>)>,
    /// The number of uses so far, which identifies a use.
    uses: u64,
}

impl HashMemory {
    /// Runs `work` with memory of an earlier hash or with an empty vector. Frees the memory when no other hash has used
    /// it for a moment. Must be called on a thread of the runtime.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Vec<Block>) -> T) -> T {
        let mut memory = self.unused().memory.pop().map_or_else(Vec::new, |(_, memory)| memory);
        let done = work(&mut memory);
        let mut unused = self.unused();
        unused.uses += 1;
        let this_use = unused.uses;
        unused.memory.push((this_use, memory));
        drop(unused);
        let memory = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(KEPT).await;
            memory.free_if_unused_since(this_use);
        });
        done
    }

    fn free_if_unused_since(&self, this_use: u64) {
        self.unused().memory.retain(|(last_use, _)| *last_use != this_use);
    }

    fn unused(&self) -> MutexGuard<'_, Unused> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use argon2::Block;

    use super::HashMemory;

    #[tokio::test]
    async fn memory_is_reused_and_freed_when_no_hash_needed_it_for_a_moment() {
        let hashes = HashMemory::default();
        let lengths = || hashes.unused().memory.iter().map(|(_, memory)| memory.len()).collect::<Vec<_>>();
        // Two hashes at once; the inner one ends first.
        hashes.with(|outer| {
            outer.resize(1, Block::new());
            hashes.with(|inner| inner.resize(2, Block::new()));
        });
        assert_eq!(lengths(), [2, 1]);
        hashes.with(|memory| assert_eq!(memory.len(), 1, "the memory that was used last"));
        hashes.free_if_unused_since(2);
        assert_eq!(lengths(), [2, 1], "it was used again");
        hashes.free_if_unused_since(1);
        assert_eq!(lengths(), [1], "the other was not");
        let freed = async {
            while !lengths().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), freed).await.expect("the timer frees the rest");
    }
}
