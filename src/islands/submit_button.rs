//! The script of the button that sends a form.

use leptos::prelude::*;
use web_sys::{Element, HtmlFormElement};

use super::FormState;
use super::countdown_timer::{Origin, count_down};
use super::dom::{bind_attribute, bind_text, effect, find, flag, number_of, truth};
use super::duration::minutes_and_seconds;

/// Shows in the button what the form waits for.
pub fn start(form: FormState, element: &HtmlFormElement) {
    let part = |selector| find::<Element>(element, selector);
    let (button, label, busy) = (part("button:not([type])"), part(".at-rest"), part(".busy"));
    let text_of = |part: &Option<Element>| part.as_ref().and_then(|part| part.text_content()).unwrap_or_default();

    let left = RwSignal::new(None::<u64>);
    if let Some(wait_ms) = button.as_ref().and_then(|button| number_of(button, "data-wait-ms")) {
        effect(move || match form.retry_after.get() {
            // The server's latest wait takes precedence.
            Some(seconds) => count_down(left, seconds.saturating_mul(1_000), Origin::now()),
            None => count_down(left, wait_ms, Origin::page()),
        });
    }
    let waiting = move || left.get().filter(|seconds| *seconds > 0);
    let (rest_text, busy_text) = (text_of(&label), text_of(&busy));
    bind_text(label.clone(), move || match waiting() {
        Some(seconds) => format!("{rest_text} in {}", minutes_and_seconds(seconds)),
        None => rest_text.clone(),
    });
    bind_text(part(".busy > :last-child"), move || {
        if form.awaits_proof() { "Checking…".to_owned() } else { busy_text.clone() }
    });
    bind_attribute(button.clone(), "disabled", move || flag(waiting().is_some()));
    bind_attribute(button, "aria-disabled", move || truth(form.busy.get()));
    bind_attribute(label, "aria-hidden", move || truth(form.busy.get()));
    bind_attribute(busy, "aria-hidden", move || truth(!form.busy.get()));
}
