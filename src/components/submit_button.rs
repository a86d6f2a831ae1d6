//! The button that sends a form.

use leptos::prelude::*;

use super::Submission;
use super::live::{live, truth};

/// Keeps its width and its focus while the form is under way, and shows that by
/// its verb.
#[component]
pub fn SubmitButton(
    label: &'static str,
    /// Shown while the form is under way.
    busy_label: &'static str,
    #[prop(default = "btn btn-primary btn-wide")] class: &'static str,
    form: Submission,
) -> impl IntoView {
    let busy = form.busy;
    let busy_words = move || if form.held() { "Checking…" } else { busy_label };
    view! {
        <button class=class aria-disabled=live(move || truth(busy.get()))>
            <span class="btn-busy">
                <span aria-hidden=live(move || truth(busy.get()))>{label}</span>
                <span aria-hidden=live(move || truth(!busy.get()))>
                    <span class="spinner-border"></span>
                    {live(move || busy_words().to_owned())}
                </span>
            </span>
        </button>
    }
}
