//! The script of a button that copies text.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

use super::dom::{find, listen};
use super::script::script;

/// Lets the button beside it copy the text in its attribute, and announces the result.
#[island]
pub fn CopyScript() -> impl IntoView {
    script(|around| {
        let (Some(button), Some(status)) =
            (find::<Element>(&around, "button"), find::<Element>(&around, "[role=status]"))
        else {
            return;
        };
        let text = button.get_attribute("data-text").unwrap_or_default();
        listen(&button, "click", move |_| {
            let (text, status) = (text.clone(), status.clone());
            // A screen reader announces a repeated text only after it has changed.
            status.set_text_content(None);
            leptos::task::spawn_local(async move {
                let clipboard = window().navigator().clipboard();
                // The clipboard exists only on pages from https or localhost.
                let copied = !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(&text)).await.is_ok();
                let result = if copied { "Copied." } else { "Couldn't copy. Select the text instead." };
                status.set_text_content(Some(result));
            });
        });
    })
}
