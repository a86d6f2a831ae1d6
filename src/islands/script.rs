//! Islands without content of their own.

use leptos::html;
use leptos::prelude::*;
use web_sys::Element;

use super::dom::effect;

/// The view of an island that adds behavior to the markup around it, which the server has rendered.
///
/// `run` gets the element that contains the island, once the browser has hydrated it. The island needs no props, and the
/// module no code to read them: what the script needs to know is in attributes of the markup.
pub fn script(run: fn(Element)) -> impl IntoView {
    let marker = NodeRef::<html::Template>::new();
    effect(move || {
        let island = marker.get().and_then(|marker| marker.parent_element());
        if let Some(around) = island.and_then(|island| island.parent_element()) {
            run(around);
        }
    });
    view! { <template node_ref=marker></template> }
}
