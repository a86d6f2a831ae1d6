//! The script of the messages in a form.

use leptos::prelude::*;
use web_sys::{Element, HtmlFormElement, HtmlInputElement};

use super::FormState;
use super::countdown_timer::{Origin, count_down};
use super::dom::{bind_text, effect, find, find_all, flag, number_of, set_attribute};
use super::duration::{format_rounded_up, minutes_and_seconds};
use crate::islands::Feedback;

/// The element with the wait, and its attribute with the wait in seconds.
const WAIT: &str = ".alert .digits";
const RETRY_AFTER: &str = "data-retry-after";

/// Returns the wait that the server has rendered, in seconds.
#[must_use]
pub fn rendered_wait(form: &HtmlFormElement) -> Option<u64> {
    number_of(&find(form, WAIT)?, RETRY_AFTER)
}

/// Lets the wait below the form's message count down.
pub fn start(form: FormState, element: &HtmlFormElement) {
    let left = RwSignal::new(None::<u64>);
    effect(move || match form.retry_after.get() {
        Some(seconds) => count_down(left, seconds.saturating_mul(1_000), Origin::now()),
        None => left.set(None),
    });
    bind_text(find(element, WAIT), move || match (form.retry_after.get(), left.get()) {
        (None, _) => String::new(),
        (Some(_), Some(0)) => "You can try again now.".to_owned(),
        (Some(_), Some(left)) if left < 3_600 => format!("Try again in {}.", minutes_and_seconds(left)),
        (Some(seconds), left) => format!("Try again in {}.", format_rounded_up(left.unwrap_or(seconds))),
    });
}

/// Shows the messages of a refusal, above the fields and at each of them.
pub fn show(form: &HtmlFormElement, refusal: &Feedback) {
    if let Some(alert) = find::<Element>(form, ".alert") {
        let nothing = refusal.message.is_none() && refusal.retry_after.is_none();
        set_attribute(&alert, "hidden", flag(nothing).as_deref());
        set_text(&alert, "[role=alert]", refusal.message.as_deref());
    }
    for field in find_all::<Element>(form, ".field") {
        let Some(input) = find::<HtmlInputElement>(&field, "input") else { continue };
        let error = refusal.fields.of(&input.name());
        set_attribute(&input, "aria-invalid", error.map(|_| "true"));
        if let Some(line) = find::<Element>(&field, ".field-error") {
            set_attribute(&line, "hidden", flag(error.is_none()).as_deref());
            set_text(&line, "span", error);
        }
    }
}

fn set_text(within: &Element, selector: &str, text: Option<&str>) {
    if let Some(element) = find::<Element>(within, selector) {
        element.set_text_content(text);
    }
}
