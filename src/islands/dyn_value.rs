//! Reactive values and effects with type-erased closures.
//!
//! The framework's reactive code is generic over the closure. Erasing the closure's
//! type keeps a single copy of that code in the WebAssembly module, which users
//! download.

use std::sync::Arc;

use leptos::prelude::*;

/// A text or an attribute that is computed again when its signals change.
pub type DynValue<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// Erases the type of a closure.
pub fn live<T>(value: impl Fn() -> T + Send + Sync + 'static) -> DynValue<T> {
    Arc::new(value)
}

/// Runs in the browser after hydration, and again when the signals it reads change.
pub fn effect(run: impl FnMut() + 'static) {
    fn erased(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_: Option<()>| run());
    }
    erased(Box::new(run));
}

/// Returns the value of a boolean attribute.
#[must_use]
pub fn bool_attr(on: bool) -> Option<&'static str> {
    on.then_some("")
}

/// Returns the value of an ARIA attribute that is `true` or `false`.
#[must_use]
pub fn aria_bool(on: bool) -> Option<&'static str> {
    Some(if on { "true" } else { "false" })
}
