//! A button that copies text.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::dyn_value::live;

/// Copies `text` and announces it. The stylesheet hides the button without a script.
#[island]
pub fn CopyText(text: String) -> impl IntoView {
    let copy_result = RwSignal::new("");
    let copy = move |_| {
        let text = text.clone();
        // A screen reader announces a repeated text only after it has changed.
        copy_result.set("");
        leptos::task::spawn_local(async move {
            let clipboard = window().navigator().clipboard();
            // The clipboard exists only on pages from https or localhost.
            let copied = !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(&text)).await.is_ok();
            copy_result.set(if copied { "Copied." } else { "Couldn't copy. Select the text instead." });
        });
    };
    view! {
        <button type="button" class="btn btn-outline needs-script" on:click=copy>
            "Copy"
        </button>
        <span class="quiet" role="status">
            {live(move || copy_result.get().to_owned())}
        </span>
    }
}
