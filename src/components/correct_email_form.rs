//! The form that mails the code to a corrected address.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{FormMessage, Submission, SubmitButton, TextField};
use crate::api::Feedback;
use crate::api::verification::CorrectEmail;

#[island]
pub fn CorrectEmailForm(feedback: Feedback, email: String) -> impl IntoView {
    let action = ServerAction::<CorrectEmail>::new();
    let form = Submission::new(action, "email-message", feedback);
    view! {
        <ActionForm action attr:novalidate="">
            <FormMessage form />
            <TextField name="email" label="Email" kind="email" autocomplete="email" value=email form />
            <SubmitButton
                label="Send the code there"
                busy_label="Sending…"
                class="btn btn-outline btn-wide"
                form
            />
        </ActionForm>
    }
}
