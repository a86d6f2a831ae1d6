//! A word or two that tell one thing of a list from the others.

use leptos::prelude::*;

#[component]
pub fn Badge(#[prop(into)] words: String) -> impl IntoView {
    view! { <span class="badge">{words}</span> }
}
