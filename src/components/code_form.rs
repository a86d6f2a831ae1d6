//! The form that takes the mailed code.

use leptos::ev::Event;
use leptos::form::ActionForm;
use leptos::html::Input;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use super::field::{Field, described_by, invalid};
use super::{FormMessage, Submission, SubmitButton};
use crate::api::Feedback;
use crate::api::verification::Verify;
use crate::domain::OtpCode;

const NAME: &str = "code";
const HINT: &str = "Six digits, from the email.";

/// One input, filled by typing, pasting or the browser's own offer. The sixth
/// digit sends it, the first time only: a second slip should not cost a try.
#[island]
pub fn CodeForm(feedback: Feedback) -> impl IntoView {
    let action = ServerAction::<Verify>::new();
    let form = Submission::new(action, "code-message", feedback);
    let input = NodeRef::<Input>::new();
    form.clears(input);

    // Only what is entered now counts: a browser that puts an old code back into
    // a reloaded page must not send it by itself.
    let sent_by_itself = StoredValue::new(false);
    let send_when_whole = move |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        let due = !sent_by_itself.get_value() && !form.busy.get_untracked();
        if due
            && OtpCode::parse(&input.value()).is_ok()
            && let Some(html_form) = input.form()
        {
            sent_by_itself.set_value(true);
            // Fails only without a form to send.
            let _ = html_form.request_submit();
        }
    };

    view! {
        <ActionForm action attr:novalidate="">
            <FormMessage form />
            <Field name=NAME label="Code" hint=HINT form>
                // Longer than a code, for one pasted with spaces or hyphens.
                <input
                    class="form-control code"
                    type="text"
                    inputmode="numeric"
                    id=NAME
                    name=NAME
                    autocomplete="one-time-code"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="16"
                    required
                    autofocus=form.feedback.with_untracked(|feedback| feedback.message.is_none())
                    aria-invalid=invalid(NAME, form)
                    aria-describedby=described_by(NAME, HINT, form)
                    node_ref=input
                    on:input=send_when_whole
                />
            </Field>
            <SubmitButton label="Confirm" busy_label="Checking…" form />
        </ActionForm>
    }
}
