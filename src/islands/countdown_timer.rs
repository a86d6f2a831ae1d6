//! A countdown that stays correct when the tab or the computer sleeps.

use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

/// A point in time on the browser's two clocks, in milliseconds.
///
/// The monotonic clock can't be set, but in some browsers it stops while the computer
/// sleeps. The wall clock does not. The one that has advanced further is right.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    monotonic: f64,
    wall: f64,
}

impl Origin {
    /// Returns the current time.
    #[must_use]
    pub fn now() -> Self {
        Self { monotonic: monotonic_now(), wall: js_sys::Date::now() }
    }

    /// Returns the time at which the first byte of this page arrived. That is the closest
    /// time to when the server computed the remaining time.
    #[must_use]
    pub fn page() -> Self {
        let now = Self::now();
        let arrived = window()
            .performance()
            .map(|performance| performance.get_entries_by_type("navigation").get(0))
            .and_then(|entry| entry.dyn_into::<web_sys::PerformanceResourceTiming>().ok())
            .map_or(0.0, |entry| entry.response_start().min(now.monotonic));
        Self { monotonic: arrived, wall: now.wall - (now.monotonic - arrived) }
    }

    fn elapsed(self) -> f64 {
        let now = Self::now();
        (now.monotonic - self.monotonic).max(now.wall - self.wall)
    }
}

fn monotonic_now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Sets `left` to the seconds that remain of `span_ms` since `origin`, rounded up, so
/// that it is 0 only at the end. Counts until the end, or until the owner is disposed.
/// Call it only in an effect.
pub fn count_down(left: RwSignal<Option<u64>>, span_ms: u64, origin: Origin) {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(handle) = timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    // Timers of a sleeping tab are late, so it updates as soon as the tab is visible.
    let seen = window_event_listener(ev::visibilitychange, move |_| {
        stop();
        tick(left, span_ms, origin, timer);
    });
    on_cleanup(move || {
        stop();
        seen.remove();
    });
    tick(left, span_ms, origin, timer);
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few minutes, and never negative"
)]
fn tick(left: RwSignal<Option<u64>>, span_ms: u64, origin: Origin, timer: StoredValue<Option<TimeoutHandle>>) {
    let remaining = (span_ms as f64 - origin.elapsed()).max(0.0);
    let seconds = (remaining / 1000.0).ceil();
    let shown = Some(seconds as u64);
    if left.get_untracked() != shown {
        left.set(shown);
    }
    if seconds > 0.0 {
        // Until the number changes.
        let wait = remaining - (seconds - 1.0) * 1000.0;
        let next = move || tick(left, span_ms, origin, timer);
        timer.set_value(set_timeout_with_handle(next, Duration::from_millis(wait.ceil() as u64)).ok());
    }
}
