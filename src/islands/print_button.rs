//! A button that prints the page.

use leptos::prelude::*;

/// The stylesheet hides the button without a script.
#[island]
pub fn PrintButton() -> impl IntoView {
    let print = |_| {
        // Fails only in a frame that is not allowed to print.
        let _ = window().print();
    };
    view! {
        <button type="button" class="btn btn-outline needs-script" on:click=print>
            "Print"
        </button>
    }
}
