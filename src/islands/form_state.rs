//! The submission state of a form.

use leptos::prelude::*;
use web_sys::{Event, HtmlElement, HtmlFormElement, HtmlInputElement};

use super::dom::{find, find_all};
use super::post::post;
use super::proof_of_work::{SOLVED, start_challenge};
use super::{form_message, submit_button};
use crate::islands::Feedback;

/// Whether a form is being sent, and what it waits for.
#[derive(Clone, Copy, Debug)]
pub struct FormState {
    element: StoredValue<HtmlFormElement, LocalStorage>,
    /// Set from the press of the button until a refusal. It stays set after a success,
    /// while the browser loads the next page.
    pub busy: RwSignal<bool>,
    /// The progress of the form's proof of work in percent; `None` if it needs none.
    /// Restarts after each refusal.
    pub proof: RwSignal<Option<u64>>,
    /// Seconds from the latest refusal until the user may try again.
    pub retry_after: RwSignal<Option<u64>>,
}

impl FormState {
    /// Starts with what the server has rendered. From then on, the form's message and its button follow this state.
    #[must_use]
    pub fn of(form: &HtmlFormElement) -> Self {
        let state = Self {
            element: StoredValue::new_local(form.clone()),
            busy: RwSignal::new(false),
            proof: RwSignal::new(None),
            retry_after: RwSignal::new(form_message::rendered_wait(form)),
        };
        form_message::start(state, form);
        submit_button::start(state, form);
        state
    }

    /// Sends the form instead of the browser: immediately, or as soon as its proof of work
    /// is done. A second press does nothing.
    pub fn send(self, event: &Event) {
        event.prevent_default();
        if self.begin() && !is_proving(self.proof.get_untracked()) {
            self.post();
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
            Err(refusal) => self.show(&self.element.get_value(), &refusal),
        }
    }

    /// Called when the proof of work has ended. Sends the form if its button has been pressed.
    pub fn release(self) {
        if self.busy.get_untracked() {
            self.post();
        }
    }

    /// Whether the form is only waiting for its proof of work.
    #[must_use]
    pub fn awaits_proof(self) -> bool {
        self.busy.get() && is_proving(self.proof.get())
    }

    fn post(self) {
        leptos::task::spawn_local(async move {
            let form = self.element.get_value();
            match post(&form).await {
                Ok(next) => go_to(next),
                Err(refusal) => self.refuse(&refusal, form),
            }
        });
    }

    /// Shows a refusal, clears the secret fields, and focuses the first field with an
    /// error, or the message if there is none.
    fn refuse(self, refusal: &Feedback, form: HtmlFormElement) {
        if let Some(captcha) = &refusal.captcha {
            start_challenge(self, captcha);
        }
        clear_secrets(&form);
        self.show(&form, refusal);
        // By its name, which the server uses, unlike its `id`.
        let target = refusal.fields.0.first().map(|error| format!("[name=\"{}\"]", error.field));
        // After rendering, so that a screen reader reads the error with the field.
        request_animation_frame(move || {
            let element = target.and_then(|target| find::<HtmlElement>(&form, &target));
            if let Some(element) = element.or_else(|| find(&form, ".alert")) {
                // Fails only for an element that is no longer on the page.
                let _ = element.focus();
            }
        });
    }

    fn show(self, form: &HtmlFormElement, refusal: &Feedback) {
        form_message::show(form, refusal);
        self.retry_after.set(refusal.retry_after);
        self.busy.set(false);
    }
}

fn is_proving(proof: Option<u64>) -> bool {
    proof.is_some_and(|percent| percent < SOLVED)
}

/// Goes to the next page, or reloads this one.
fn go_to(next: Option<String>) {
    let here = location();
    // Fails only for an invalid URL, and then nothing can be done.
    let _ = next.map_or_else(|| here.reload(), |next| here.set_href(&next));
}

/// Clears all secret fields: a password or a code is never kept.
fn clear_secrets(form: &HtmlFormElement) {
    for input in find_all::<HtmlInputElement>(form, "[data-secret]") {
        input.set_value("");
    }
}
