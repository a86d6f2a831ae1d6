//! A button that prints the page.

use leptos::prelude::*;

use crate::islands::PrintScript;

/// The stylesheet hides the button without a script.
#[component]
pub fn PrintButton() -> impl IntoView {
    view! {
        <button type="button" class="btn btn-outline needs-script">
            "Print" <PrintScript />
        </button>
    }
}
