//! The form that asks for another code.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::live::{effect, flag, live};
use super::moment::minutes_and_seconds;
use super::seconds_left::{Origin, count_down};
use super::{CaptchaField, FormMessage, Submission};
use crate::api::verification::Resend;
use crate::api::{Captcha, Feedback};

/// The button counts down until the server would send another code. Without a
/// script it can be pressed at any time, and the server says how long to wait.
#[island]
pub fn ResendForm(
    feedback: Feedback,
    /// Milliseconds from the making of the page until another code may be asked for.
    wait_ms: u64,
    captcha: Option<Captcha>,
) -> impl IntoView {
    let form = Submission::new("resend-message", feedback);
    let left = RwSignal::new(None::<u64>);
    effect(move || match form.feedback.with(|feedback| feedback.retry_after) {
        // The server's latest word counts.
        Some(seconds) => count_down(left, seconds.saturating_mul(1_000), Origin::now()),
        None => count_down(left, wait_ms, Origin::page()),
    });
    let waiting = move || left.get().filter(|seconds| *seconds > 0);
    let words = move || match waiting() {
        _ if form.held() => "Checking…".to_owned(),
        _ if form.busy.get() => "Sending…".to_owned(),
        Some(seconds) => format!("Send another code in {}", minutes_and_seconds(seconds)),
        None => "Send another code".to_owned(),
    };
    view! {
        <form method="post" action=Resend::PATH on:submit=move |event| form.send(&event)>
            <FormMessage form />
            <CaptchaField form captcha />
            <button class="btn btn-link digits" disabled=live(move || flag(waiting().is_some() || form.busy.get()))>
                {live(words)}
            </button>
        </form>
    }
}
