//! A card of a signed-in page.

use leptos::prelude::*;

/// A card with its title.
#[component]
pub fn Section(
    #[prop(into)] title: String,
    /// For links to it, without the `#`.
    #[prop(optional)]
    id: Option<&'static str>,
    #[prop(default = "card")] class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=class id=id>
            <div class="card-body">
                <h2>{title}</h2>
                {children()}
            </div>
        </section>
    }
}
