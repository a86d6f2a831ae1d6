//! A form that is one button.

use leptos::prelude::*;

use super::{Icon, Sign};
use crate::api::Flash;

/// Posts its hidden values at a press, by the browser alone: for a deed on one thing of
/// a list. What the server answers is the next page's notice; a refusal is shown by
/// [`PlainRefusal`].
#[component]
pub fn PlainForm(
    action: &'static str,
    /// The button's words: the deed.
    label: &'static str,
    /// What it is done to, for those who hear the button without seeing its row.
    #[prop(optional, into)]
    about: String,
    /// Names and values that go along.
    #[prop(optional)]
    hidden: Vec<(&'static str, String)>,
    /// Whether something is lost by it.
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

/// Why the last press of a [`PlainForm`] with this action did nothing. Stands once above
/// the list whose rows have the form.
#[component]
pub fn PlainRefusal(flash: Flash, action: &'static str) -> impl IntoView {
    flash.feedback_for(action).message.map(|message| {
        view! {
            <div class="alert alert-danger" tabindex="-1" autofocus>
                <Icon sign=Sign::Alert />
                <p role="alert">{message}</p>
            </div>
        }
    })
}
