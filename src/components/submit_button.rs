//! The button that sends a form.

use leptos::prelude::*;

use super::Submission;

/// Keeps its width and its focus while the form is under way, shows that by its
/// verb, and cannot be pressed again. Pressing Enter in a field presses it too.
#[component]
pub fn SubmitButton(
    label: &'static str,
    /// Shown while the form is under way.
    busy_label: &'static str,
    #[prop(default = "btn btn-primary btn-wide")] class: &'static str,
    form: Submission,
) -> impl IntoView {
    let busy = form.busy;
    let flag = move |on: bool| if on { "true" } else { "false" };
    view! {
        <button
            class=class
            aria-disabled=move || busy.get().then_some("true")
            on:click=move |event| {
                if busy.get_untracked() {
                    event.prevent_default();
                }
            }
        >
            <span class="btn-busy">
                <span aria-hidden=move || flag(busy.get())>{label}</span>
                <span aria-hidden=move || flag(!busy.get())>
                    <span class="spinner-border"></span>
                    {busy_label}
                </span>
            </span>
        </button>
    }
}
