//! A short label that marks an item of a list.

use leptos::prelude::*;

#[component]
pub fn Badge(#[prop(into)] words: String) -> impl IntoView {
    view! { <span class="badge">{words}</span> }
}
