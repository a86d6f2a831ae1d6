//! The form that asks for another code.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::moment::minutes_and_seconds;
use super::seconds_left::{Origin, count_down};
use super::{FormMessage, Submission};
use crate::api::Feedback;
use crate::api::verification::Resend;

/// The button counts down until the server would send another code. Without a
/// script it can be pressed at any time, and the server says how long to wait.
#[island]
pub fn ResendForm(
    feedback: Feedback,
    /// Milliseconds from the making of the page until another code may be asked for.
    wait_ms: u64,
) -> impl IntoView {
    let action = ServerAction::<Resend>::new();
    let form = Submission::new(action, "resend-message", feedback);
    let left = RwSignal::new(None::<u64>);
    Effect::new(move |_| match form.feedback.with(|feedback| feedback.retry_after) {
        // The server's latest word counts.
        Some(seconds) => count_down(left, seconds.saturating_mul(1_000), Origin::now()),
        None => count_down(left, wait_ms, Origin::page()),
    });
    let waiting = move || left.get().filter(|seconds| *seconds > 0);
    let words = move || match waiting() {
        _ if form.busy.get() => "Sending…".to_owned(),
        Some(seconds) => format!("Send another code in {}", minutes_and_seconds(seconds)),
        None => "Send another code".to_owned(),
    };
    view! {
        <ActionForm action>
            <FormMessage form />
            <button class="btn btn-link digits" disabled=move || waiting().is_some() || form.busy.get()>
                {words}
            </button>
        </ActionForm>
    }
}
