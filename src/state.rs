//! The state that every request can use.

use std::ops::Deref;
use std::sync::Arc;

use super::services::Core;

/// The services. Cheap to clone, because each request clones it several times.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Core>);

impl AppState {
    #[must_use]
    pub fn new(core: Core) -> Self {
        Self(Arc::new(core))
    }
}

impl Deref for AppState {
    type Target = Core;

    fn deref(&self) -> &Core {
        &self.0
    }
}
