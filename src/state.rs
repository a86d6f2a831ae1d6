//! The state that every request can use.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use super::services::Core;

/// The services and the options of leptos. Cheap to clone, because each request clones it several
/// times.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    core: Core,
    leptos: LeptosOptions,
}

impl AppState {
    #[must_use]
    pub fn new(core: Core) -> Self {
        let leptos = LeptosOptions::builder().output_name("portal").site_addr(core.config.site.address).build();
        Self(Arc::new(Shared { core, leptos }))
    }
}

impl Deref for AppState {
    type Target = Core;

    fn deref(&self) -> &Core {
        &self.0.core
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.0.leptos.clone()
    }
}
