//! A button that prints the page.

use leptos::prelude::*;

/// The stylesheet hides it until a script answers it.
#[island]
pub fn PrintButton() -> impl IntoView {
    let print = |_| {
        // Fails only in a frame that may not print.
        let _ = window().print();
    };
    view! {
        <button type="button" class="btn btn-outline needs-script" on:click=print>
            "Print"
        </button>
    }
}
