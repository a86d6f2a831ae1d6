//! The button that sends a form.

use leptos::prelude::*;

use super::FormState;
use super::countdown_timer::{Origin, count_down};
use super::duration::minutes_and_seconds;
use super::dyn_value::{aria_bool, bool_attr, effect, live};

/// Keeps its width and its focus while the form is being sent, and shows a busy label.
/// With a wait, it counts down until it is enabled.
#[component]
pub fn SubmitButton(
    label: String,
    /// The label while the form is being sent.
    busy_label: String,
    class: String,
    /// Milliseconds from rendering the page until it is enabled.
    wait_ms: Option<u64>,
    form: FormState,
) -> impl IntoView {
    let busy = form.busy;
    let left = RwSignal::new(None::<u64>);
    effect(move || match (wait_ms, form.feedback.with(|feedback| feedback.retry_after)) {
        (None, _) => {}
        // The server's latest wait takes precedence.
        (_, Some(seconds)) => count_down(left, seconds.saturating_mul(1_000), Origin::now()),
        (Some(wait_ms), None) => count_down(left, wait_ms, Origin::page()),
    });
    let waiting = move || left.get().filter(|seconds| *seconds > 0);
    let words = move || match waiting() {
        Some(seconds) => format!("{label} in {}", minutes_and_seconds(seconds)),
        None => label.clone(),
    };
    let busy_words = move || if form.awaits_proof() { "Checking…".to_owned() } else { busy_label.clone() };
    view! {
        <button class=class disabled=live(move || bool_attr(waiting().is_some())) aria-disabled=live(move || aria_bool(busy.get()))>
            <span class="btn-busy">
                <span aria-hidden=live(move || aria_bool(busy.get()))>{live(words)}</span>
                <span aria-hidden=live(move || aria_bool(!busy.get()))>
                    <span class="spinner-border"></span>
                    {live(busy_words)}
                </span>
            </span>
        </button>
    }
}
