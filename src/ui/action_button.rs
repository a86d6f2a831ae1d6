//! A form that consists of one button.

use leptos::prelude::*;

use super::{Icon, IconName};
use crate::islands::Flash;

/// Sends its hidden values without a script, for an action on an item of a list. The
/// answer is the notice of the next page; a refusal is shown by [`PlainRefusal`].
#[component]
pub fn ActionButton(
    action: &'static str,
    /// The button's label: the action.
    label: &'static str,
    /// What the action applies to, for screen readers.
    #[prop(optional, into)]
    about: String,
    /// The hidden fields: names and values.
    #[prop(optional)]
    hidden: Vec<(&'static str, String)>,
    /// Whether the action is destructive.
    #[prop(optional)]
    danger: bool,
) -> impl IntoView {
    let class = if danger { "btn btn-outline-danger" } else { "btn btn-outline" };
    let hidden = hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let about = (!about.is_empty()).then(|| view! { <span class="visually-hidden">": " {about}</span> });
    view! {
        <form method="post" action=action>
            {hidden.collect::<Vec<_>>()}
            <button class=class>{label} {about}</button>
        </form>
    }
}

/// Shows why an [`ActionButton`] with this action was refused. Used once, above the list
/// that contains the buttons.
#[component]
pub fn PlainRefusal(flash: Flash, action: &'static str) -> impl IntoView {
    flash.feedback_for(action).message.map(|message| {
        view! {
            <div class="alert alert-danger" tabindex="-1" autofocus>
                <Icon sign=IconName::Alert />
                <p role="alert">{message}</p>
            </div>
        }
    })
}
