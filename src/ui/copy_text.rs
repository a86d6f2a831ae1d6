//! A button that copies text.

use leptos::prelude::*;

use crate::islands::CopyScript;

/// Copies `text` and announces it. The stylesheet hides the button without a script.
#[component]
pub fn CopyText(text: String) -> impl IntoView {
    view! {
        <div class="copy">
            <button type="button" class="btn btn-outline needs-script" data-text=text>
                "Copy"
            </button>
            <span class="quiet" role="status"></span>
            <CopyScript />
        </div>
    }
}
