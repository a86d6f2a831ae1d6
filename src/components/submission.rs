//! One form on its way to the server and back.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlFormElement, HtmlInputElement};

use super::post::post;
use super::proof::{SOLVED, take_up};
use crate::api::Feedback;

/// A form's feedback and whether it is being sent.
///
/// Begins with what the server left for this page, which is all there is without
/// a script; each refused post then takes the place of the one before.
#[derive(Clone, Copy, Debug)]
pub struct Submission {
    /// What the latest refused post said.
    pub feedback: RwSignal<Feedback>,
    /// From the press of the button until a refusal. After a good answer it stays:
    /// the browser is on its way to the next page.
    pub busy: RwSignal<bool>,
    /// How much of the form's proof of work is done, in percent; `None` when it
    /// asks for none. It begins with the page and again with each refusal.
    pub proof: RwSignal<Option<u64>>,
}

impl Submission {
    #[must_use]
    pub fn new(first: Feedback) -> Self {
        let (feedback, busy, proof) = (RwSignal::new(first), RwSignal::new(false), RwSignal::new(None));
        Self { feedback, busy, proof }
    }

    /// Sends the form instead of the browser: at once, or as soon as its proof
    /// of work is done. A second press while it is under way does nothing.
    pub fn send(self, event: &SubmitEvent) {
        event.prevent_default();
        if self.begin() && !self.proves() {
            self.post(event_target(event));
        }
    }

    /// Makes the button busy; `false` when it is already.
    #[must_use]
    pub fn begin(self) -> bool {
        !self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true)
    }

    /// Goes to where something else than a post of the form leads, or shows why it does not.
    pub fn conclude(self, outcome: Result<Option<String>, Feedback>) {
        match outcome {
            Ok(next) => leave_for(next),
            Err(refusal) => {
                self.feedback.set(refusal);
                self.busy.set(false);
            }
        }
    }

    /// The proof of work has ended: sends the form if its button was pressed meanwhile.
    pub fn release(self, form: HtmlFormElement) {
        if self.busy.get_untracked() {
            self.post(form);
        }
    }

    /// Whether the form only waits for its proof of work.
    #[must_use]
    pub fn held(self) -> bool {
        self.busy.get() && self.proves()
    }

    fn proves(self) -> bool {
        self.proof.get().is_some_and(|percent| percent < SOLVED)
    }

    fn post(self, form: HtmlFormElement) {
        leptos::task::spawn_local(async move {
            match post(&form).await {
                Ok(next) => leave_for(next),
                Err(refusal) => self.refuse(refusal, form),
            }
        });
    }

    /// Shows a refusal, forgets what must not be kept, and leads to the first
    /// field to mend, or to the message when it is about no field.
    fn refuse(self, refusal: Feedback, form: HtmlFormElement) {
        if let Some(captcha) = &refusal.captcha {
            take_up(self, captcha);
        }
        forget_secrets(&form);
        // By its name: unlike its `id`, that is what the server calls it.
        let target = refusal.fields.0.first().map(|error| format!("[name=\"{}\"]", error.field));
        self.feedback.set(refusal);
        self.busy.set(false);
        // Once the browser has drawn it, so that a screen reader reads the error with the field.
        request_animation_frame(move || {
            // Either fails only for a selector that cannot be read.
            let found = |selector: &str| form.query_selector(selector).ok().flatten();
            let element = target.and_then(|target| found(&target)).or_else(|| found(".alert"));
            if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                // Fails only for an element that has left the page.
                let _ = element.focus();
            }
        });
    }

    /// The message beside a field.
    #[must_use]
    pub fn error(self, field: &str) -> Option<String> {
        self.feedback.with(|feedback| feedback.fields.of(field).map(str::to_owned))
    }
}

/// Goes to the next page, or to this one again.
fn leave_for(next: Option<String>) {
    let here = location();
    // Either fails only for an address that cannot be read, and then nothing can be done.
    let _ = next.map_or_else(|| here.reload(), |next| here.set_href(&next));
}

/// Empties every field that is marked as secret: a password or a code is never kept.
fn forget_secrets(form: &HtmlFormElement) {
    // Fails only for a selector that cannot be read.
    let Ok(secrets) = form.query_selector_all("[data-secret]") else { return };
    for index in 0..secrets.length() {
        if let Some(input) = secrets.get(index).and_then(|node| node.dyn_into::<HtmlInputElement>().ok()) {
            input.set_value("");
        }
    }
}
