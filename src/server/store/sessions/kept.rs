//! Sessions that were read, for as long as nothing is written to the database:
//! then they are what another read would find.

use std::sync::Arc;

use quick_cache::sync::Cache;

use super::opened::Read;
use crate::server::store::State;

/// How many are kept, about a kilobyte each.
const MOST: usize = 2_048;

/// By the digest of the session's id.
type Sessions = Cache<Vec<u8>, (State, Arc<Read>)>;

/// Clones share what they keep.
#[derive(Clone, Debug)]
pub struct Kept(Arc<Sessions>);

impl Default for Kept {
    fn default() -> Self {
        Self(Arc::new(Cache::new(MOST)))
    }
}

impl Kept {
    /// What was read of the session with this digest, if the database is still in that state.
    pub fn at(&self, now: State, digest: &[u8]) -> Option<Arc<Read>> {
        self.0.get(digest).filter(|(then, _)| *then == now).map(|(_, read)| read)
    }

    /// Keeps what was read after the database was in `state`. Where that is not
    /// known, nothing is kept.
    pub fn keep(&self, state: Option<State>, digest: &[u8], read: Read) -> Arc<Read> {
        let read = Arc::new(read);
        if let Some(state) = state {
            self.0.insert(digest.to_vec(), (state, read.clone()));
        }
        read
    }
}
