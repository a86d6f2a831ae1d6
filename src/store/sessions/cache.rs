//! A cache of sessions. An entry is valid until the database changes.

use std::sync::Arc;

use quick_cache::sync::Cache;

use super::lookup::Read;
use crate::store::State;

/// The capacity. An entry takes about a kilobyte.
const CAPACITY: usize = 2_048;

/// Keyed by the digest of the session id.
type Sessions = Cache<Vec<u8>, (State, Arc<Read>)>;

/// The cache. Clones share their entries.
#[derive(Clone, Debug)]
pub struct SessionCache(Arc<Sessions>);

impl Default for SessionCache {
    fn default() -> Self {
        Self(Arc::new(Cache::new(CAPACITY)))
    }
}

impl SessionCache {
    /// Returns the entry for this digest if it was read in the state `now`.
    pub fn get(&self, now: State, digest: &[u8]) -> Option<Arc<Read>> {
        self.0.get(digest).filter(|(then, _)| *then == now).map(|(_, read)| read)
    }

    /// Stores what was read after the database was in `state`. If the state is unknown, nothing is
    /// stored.
    pub fn insert(&self, state: Option<State>, digest: &[u8], read: Read) -> Arc<Read> {
        let read = Arc::new(read);
        if let Some(state) = state {
            self.0.insert(digest.to_vec(), (state, read.clone()));
        }
        read
    }
}
