//! The submission state of a form.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlFormElement, HtmlInputElement};

use super::post::post;
use super::proof_of_work::{SOLVED, start_challenge};
use crate::islands::Feedback;

/// A form's feedback, and whether it is being sent.
///
/// Starts with the feedback that the server rendered into the page. Each refusal
/// replaces it.
#[derive(Clone, Copy, Debug)]
pub struct FormState {
    /// The feedback of the latest refusal.
    pub feedback: RwSignal<Feedback>,
    /// Set from the press of the button until a refusal. It stays set after a success,
    /// while the browser loads the next page.
    pub busy: RwSignal<bool>,
    /// The progress of the form's proof of work in percent; `None` if it needs none.
    /// Restarts after each refusal.
    pub proof: RwSignal<Option<u64>>,
}

impl FormState {
    #[must_use]
    pub fn new(first: Feedback) -> Self {
        let (feedback, busy, proof) = (RwSignal::new(first), RwSignal::new(false), RwSignal::new(None));
        Self { feedback, busy, proof }
    }

    /// Sends the form instead of the browser: immediately, or as soon as its proof of work
    /// is done. A second press does nothing.
    pub fn send(self, event: &SubmitEvent) {
        event.prevent_default();
        if self.begin() && !self.is_proving() {
            self.post(event_target(event));
        }
    }

    /// Makes the button busy. Returns `false` if it already is.
    #[must_use]
    pub fn begin(self) -> bool {
        !self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true)
    }

    /// Goes to the next page after another request than the form's own, or shows its error.
    pub fn finish(self, outcome: Result<Option<String>, Feedback>) {
        match outcome {
            Ok(next) => go_to(next),
            Err(refusal) => {
                self.feedback.set(refusal);
                self.busy.set(false);
            }
        }
    }

    /// Called when the proof of work has ended. Sends the form if its button has been pressed.
    pub fn release(self, form: HtmlFormElement) {
        if self.busy.get_untracked() {
            self.post(form);
        }
    }

    /// Whether the form is only waiting for its proof of work.
    #[must_use]
    pub fn awaits_proof(self) -> bool {
        self.busy.get() && self.is_proving()
    }

    fn is_proving(self) -> bool {
        self.proof.get().is_some_and(|percent| percent < SOLVED)
    }

    fn post(self, form: HtmlFormElement) {
        leptos::task::spawn_local(async move {
            match post(&form).await {
                Ok(next) => go_to(next),
                Err(refusal) => self.refuse(refusal, form),
            }
        });
    }

    /// Shows a refusal, clears the secret fields, and focuses the first field with an
    /// error, or the message if there is none.
    fn refuse(self, refusal: Feedback, form: HtmlFormElement) {
        if let Some(captcha) = &refusal.captcha {
            start_challenge(self, captcha);
        }
        clear_secrets(&form);
        // By its name, which the server uses, unlike its `id`.
        let target = refusal.fields.0.first().map(|error| format!("[name=\"{}\"]", error.field));
        self.feedback.set(refusal);
        self.busy.set(false);
        // After rendering, so that a screen reader reads the error with the field.
        request_animation_frame(move || {
            // Fails only for an invalid selector.
            let found = |selector: &str| form.query_selector(selector).ok().flatten();
            let element = target.and_then(|target| found(&target)).or_else(|| found(".alert"));
            if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                // Fails only for an element that is no longer on the page.
                let _ = element.focus();
            }
        });
    }

    /// Returns the message for a field.
    #[must_use]
    pub fn error(self, field: &str) -> Option<String> {
        self.feedback.with(|feedback| feedback.fields.of(field).map(str::to_owned))
    }
}

/// Goes to the next page, or reloads this one.
fn go_to(next: Option<String>) {
    let here = location();
    // Fails only for an invalid URL, and then nothing can be done.
    let _ = next.map_or_else(|| here.reload(), |next| here.set_href(&next));
}

/// Clears all secret fields: a password or a code is never kept.
fn clear_secrets(form: &HtmlFormElement) {
    // Fails only for an invalid selector.
    let Ok(secrets) = form.query_selector_all("[data-secret]") else { return };
    for index in 0..secrets.length() {
        if let Some(input) = secrets.get(index).and_then(|node| node.dyn_into::<HtmlInputElement>().ok()) {
            input.set_value("");
        }
    }
}
