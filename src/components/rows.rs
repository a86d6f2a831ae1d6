//! Things of one kind below one another, each with what can be done to it.

use leptos::prelude::*;

use super::Badge;

/// A list of [`Row`]s. Instead of one without any, an [`EmptyList`].
///
/// ```text
/// <Rows>
///     <Row title="Firefox on Linux" badge="This one">"Signed in from 192.0.2.7"</Row>
///     <Row
///         title="Safari on iPhone"
///         action=move || view! { <PlainForm action=paths::END_SESSION label="End" about="Safari on iPhone" hidden /> }
///     >
///         "Signed in from 198.51.100.7"
///     </Row>
/// </Rows>
/// ```
#[component]
pub fn Rows(children: Children) -> impl IntoView {
    // Without its bullets a list is none to VoiceOver; the role says that it is one.
    view! {
        <ul class="rows" role="list">
            {children()}
        </ul>
    }
}

/// A title, quiet facts under it, and beside them, or below them on a phone, what can
/// be done.
#[component]
pub fn Row(
    #[prop(into)] title: String,
    /// What sets it apart, such as "This one"; nothing if it is empty.
    #[prop(optional, into)]
    badge: String,
    /// A small form, or links.
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
    /// The quiet facts.
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

/// One sentence where a list would be, and the way to fill it.
#[component]
pub fn EmptyList(children: Children) -> impl IntoView {
    view! { <p class="quiet">{children()}</p> }
}
