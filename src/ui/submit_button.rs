//! The button that sends a form.

use leptos::prelude::*;

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
) -> impl IntoView {
    view! {
        <button class=class aria-disabled="false" data-wait-ms=wait_ms>
            <span class="btn-busy">
                <span class="at-rest" aria-hidden="false">
                    {label}
                </span>
                <span class="busy" aria-hidden="true">
                    <span class="spinner-border"></span>
                    <span>{busy_label}</span>
                </span>
            </span>
        </button>
    }
}
