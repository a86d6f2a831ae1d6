//! A button that copies a text.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::live::live;

/// Copies `text`, and says so aloud. The stylesheet hides it until a script answers it.
#[island]
pub fn CopyText(text: String) -> impl IntoView {
    let said = RwSignal::new("");
    let copy = move |_| {
        let text = text.clone();
        // The same words are heard again only after others.
        said.set("");
        leptos::task::spawn_local(async move {
            let clipboard = window().navigator().clipboard();
            // Only pages that came over https, or from this computer, have one.
            let copied = !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(&text)).await.is_ok();
            said.set(if copied { "Copied." } else { "This browser did not copy it. Select the text instead." });
        });
    };
    view! {
        <button type="button" class="btn btn-outline needs-script" on:click=copy>
            "Copy"
        </button>
        <span class="quiet" role="status">
            {live(move || said.get().to_owned())}
        </span>
    }
}
