//! The form that takes the mailed code.

use leptos::ev::Event;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use web_sys::HtmlInputElement;

use super::field::{FieldError, FieldHead, described_by, invalid};
use super::{FormMessage, Submission, SubmitButton};
use crate::api::Feedback;
use crate::api::verification::Verify;
use crate::domain::OtpCode;

const NAME: &str = "code";

/// One input, filled by typing, pasting or the browser's own offer. The sixth
/// digit sends it, the first time only: a second slip should not cost a try.
#[island]
pub fn CodeForm(
    feedback: Feedback,
    /// Whether to begin here: not when something else on the page is to be read first.
    focus: bool,
) -> impl IntoView {
    let form = Submission::new("code-message", feedback);

    // Only what is entered now counts: a browser that puts an old code back into
    // a reloaded page must not send it by itself.
    let sent_by_itself = RwSignal::new(false);
    let send_when_whole = move |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        if !sent_by_itself.get_untracked()
            && OtpCode::parse(&input.value()).is_ok()
            && let Some(html_form) = input.form()
        {
            sent_by_itself.set(true);
            // Fails only without a form to send.
            let _ = html_form.request_submit();
        }
    };

    view! {
        <form method="post" action=Verify::PATH novalidate on:submit=move |event| form.send(&event)>
            <FormMessage form />
            <div class="field">
                <FieldHead name=NAME label="Code" hint="Six digits, from the email." />
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
                    autofocus=focus
                    aria-invalid=invalid(NAME, form)
                    aria-describedby=described_by(NAME)
                    data-secret=""
                    on:input=send_when_whole
                />
                <FieldError name=NAME form />
            </div>
            <SubmitButton label="Confirm" busy_label="Checking…" form />
        </form>
    }
}
