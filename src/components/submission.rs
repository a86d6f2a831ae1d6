//! What a form's island knows about its latest post.

use leptos::html::Input;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::{ApiError, Feedback};

type Answer = Option<Result<(), ApiError>>;

/// One form's feedback and whether it is being sent.
///
/// Begins with what the server left for this page, which is all there is without
/// a script; each refused post then takes the place of the one before.
#[derive(Clone, Copy, Debug)]
pub struct Submission {
    /// The `id` of the message above the fields.
    pub message_id: &'static str,
    /// What the latest refused post said.
    pub feedback: RwSignal<Feedback>,
    /// Refused posts since the page came.
    refusals: RwSignal<u32>,
    /// From the press of the button until the answer, and after a good one until
    /// the browser has gone where the answer sends it.
    pub busy: Signal<bool>,
}

impl Submission {
    pub fn new<S>(action: ServerAction<S>, message_id: &'static str, first: Feedback) -> Self
    where
        S: ServerFn<Output = (), Error = ApiError> + Clone + Send + Sync + 'static,
    {
        Self::from_parts(action.value().into(), action.pending().into(), message_id, first)
    }

    /// The part that is the same machine code for every form.
    fn from_parts(
        answer: Signal<Answer>,
        pending: Signal<bool>,
        message_id: &'static str,
        first: Feedback,
    ) -> Self {
        let feedback = RwSignal::new(first);
        let refusals = RwSignal::new(0);
        Effect::new(move |_| {
            if let Some(Err(ApiError(refusal))) = answer.get() {
                let first_bad = refusal.fields.0.first().map(|error| error.field.clone());
                feedback.set(refusal);
                refusals.update(|count| *count += 1);
                focus_once_drawn(first_bad.unwrap_or_else(|| message_id.to_owned()));
            }
        });
        let busy = Signal::derive(move || pending.get() || answer.with(|answer| matches!(answer, Some(Ok(())))));
        Self { message_id, feedback, refusals, busy }
    }

    /// The message beside a field.
    pub fn error(self, field: &str) -> Option<String> {
        self.feedback.with(|feedback| feedback.fields.of(field).map(str::to_owned))
    }

    /// Whether the page came with a message beside this field and none before it.
    /// The browser puts the focus there by itself.
    pub fn begins_at(self, field: &str) -> bool {
        self.feedback.with_untracked(|feedback| feedback.fields.0.first().is_some_and(|first| first.field == field))
    }

    /// Empties a password or a code after each refused post: it is never kept.
    pub fn clears(self, input: NodeRef<Input>) {
        Effect::new(move |_| {
            if self.refusals.get() > 0
                && let Some(input) = input.get_untracked()
            {
                input.set_value("");
            }
        });
    }
}

/// Puts the focus on the element with this `id` after the browser has drawn what
/// was just said, so that a screen reader reads it together with the field.
fn focus_once_drawn(id: String) {
    request_animation_frame(move || {
        use leptos::wasm_bindgen::JsCast;
        let element = document().get_element_by_id(&id);
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Fails only for an element that has left the page.
            let _ = element.focus();
        }
    });
}
