//! The message above a form's fields.

use leptos::prelude::*;

use super::moment::{in_words, minutes_and_seconds};
use super::seconds_left::{Origin, count_down};
use super::{Icon, Sign, Submission};

/// What is wrong with the form as a whole, and when it may be sent again.
///
/// The wait counts down in the browser and stands in words without a script. It
/// is outside the alert: a screen reader would otherwise say every second.
#[component]
pub fn FormMessage(form: Submission) -> impl IntoView {
    let feedback = form.feedback;
    let left = RwSignal::new(None::<u64>);
    Effect::new(move |_| match feedback.with(|feedback| feedback.retry_after) {
        Some(seconds) => count_down(left, seconds.saturating_mul(1_000), Origin::now()),
        None => left.set(None),
    });
    let wait = move || {
        let seconds = feedback.with(|feedback| feedback.retry_after)?;
        Some(match left.get() {
            None => format!("You can try again in {}.", in_words(seconds)),
            Some(0) => "You can try again now.".to_owned(),
            Some(left) if left < 3_600 => format!("You can try again in {}.", minutes_and_seconds(left)),
            Some(left) => format!("You can try again in {}.", in_words(left)),
        })
    };
    let wait = Memo::new(move |_| wait());
    let text = Memo::new(move |_| feedback.with(|feedback| feedback.message.clone()));
    let first = form.feedback.with_untracked(|feedback| feedback.fields.is_empty());

    move || {
        let text = text.get();
        (text.is_some() || wait.with(Option::is_some)).then(|| {
            view! {
                <div class="alert alert-danger" id=form.message_id tabindex="-1" autofocus=first>
                    <Icon sign=Sign::Alert />
                    <div>
                        <p role="alert">{text}</p>
                        <p class="digits">{move || wait.get()}</p>
                    </div>
                </div>
            }
        })
    }
}
