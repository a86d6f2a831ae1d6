//! Values and deeds that follow the signals they read.
//!
//! The framework's code for following a closure is made anew for every closure
//! there is. These two hide what a closure is, so that the browser's module,
//! every byte of which is downloaded, holds that code once.

use std::sync::Arc;

use leptos::prelude::*;

/// A text or an attribute that is worked out again when its signals change.
pub type Live<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// Hides what a closure is.
pub fn live<T>(value: impl Fn() -> T + Send + Sync + 'static) -> Live<T> {
    Arc::new(value)
}

/// Runs in the browser once the island is taken over, and again when what it
/// read has changed.
pub fn effect(run: impl FnMut() + 'static) {
    fn erased(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_: Option<()>| run());
    }
    erased(Box::new(run));
}

/// The value of an attribute that is either there or not.
#[must_use]
pub fn flag(on: bool) -> Option<&'static str> {
    on.then_some("")
}

/// The value of an attribute that says `true` or `false` in words.
#[must_use]
pub fn truth(on: bool) -> Option<&'static str> {
    Some(if on { "true" } else { "false" })
}
