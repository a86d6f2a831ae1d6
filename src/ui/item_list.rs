//! A list of items with their actions.

use leptos::prelude::*;

use super::Badge;

/// A list of [`Item`]s. Use an [`EmptyList`] if there are none.
///
/// ```text
/// <ItemList>
///     <Item title="Firefox on Linux" badge="This device">"Signed in from 192.0.2.7"</Item>
///     <Item
///         title="Safari on iPhone"
///         action=move || view! { <ActionButton action=EndSession::PATH label="End session" about hidden /> }
///     >
///         "Signed in from 198.51.100.7"
///     </Item>
/// </ItemList>
/// ```
#[component]
pub fn ItemList(children: Children) -> impl IntoView {
    // VoiceOver does not treat a list without bullets as a list; the role restores that.
    view! {
        <ul class="rows" role="list">
            {children()}
        </ul>
    }
}

/// An item: a title with details under it, and the actions next to them, or below them
/// on a phone.
#[component]
pub fn Item(
    #[prop(into)] title: String,
    /// A label that marks the item, such as "This device"; may be empty.
    #[prop(optional, into)]
    badge: String,
    /// The actions: a small form, or links.
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
    /// The details.
    children: Children,
) -> impl IntoView {
    view! {
        <li>
            <div>
                <p>
                    <strong>{title}</strong>
                    {(!badge.is_empty()).then(|| view! { " " <Badge words=badge /> })}
                </p>
                <p class="quiet">{children()}</p>
            </div>
            {action.map(|action| view! { <div class="row-action">{action.run()}</div> })}
        </li>
    }
}

/// A sentence in place of an empty list, which says how to fill it.
#[component]
pub fn EmptyList(children: Children) -> impl IntoView {
    view! { <p class="quiet">{children()}</p> }
}
