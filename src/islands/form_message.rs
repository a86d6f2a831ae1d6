//! The message above a form's fields.

use leptos::prelude::*;

use super::countdown_timer::{Origin, count_down};
use super::duration::{format_rounded_up, minutes_and_seconds};
use super::dyn_value::{bool_attr, effect, live};
use super::{FormState, Icon, IconName};

/// An error about the form as a whole, and the wait until it can be sent again.
///
/// The wait counts down in the browser, and is text without a script. It is outside
/// the alert, because a screen reader would otherwise announce every second.
#[component]
pub fn FormMessage(form: FormState) -> impl IntoView {
    let feedback = form.feedback;
    let retry_after = move || feedback.with(|feedback| feedback.retry_after);
    let message = move || feedback.with(|feedback| feedback.message.clone());
    let left = RwSignal::new(None::<u64>);
    effect(move || match retry_after() {
        Some(seconds) => count_down(left, seconds.saturating_mul(1_000), Origin::now()),
        None => left.set(None),
    });
    let wait = move || match (retry_after(), left.get()) {
        (None, _) => String::new(),
        (Some(_), Some(0)) => "You can try again now.".to_owned(),
        (Some(_), Some(left)) if left < 3_600 => format!("Try again in {}.", minutes_and_seconds(left)),
        (Some(seconds), left) => format!("Try again in {}.", format_rounded_up(left.unwrap_or(seconds))),
    };
    let nothing = move || message().is_none() && retry_after().is_none();
    let first = feedback.with_untracked(|feedback| feedback.message.is_some() && feedback.fields.is_empty());
    view! {
        <div class="alert alert-danger" tabindex="-1" autofocus=first hidden=live(move || bool_attr(nothing()))>
            <Icon sign=IconName::Alert />
            <div>
                <p role="alert">{live(move || message().unwrap_or_default())}</p>
                <p class="digits">{live(wait)}</p>
            </div>
        </div>
    }
}
