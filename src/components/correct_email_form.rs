//! The form that mails the code to a corrected address.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{FormMessage, Submission, SubmitButton, TextField};
use crate::api::Feedback;
use crate::api::verification::CorrectEmail;

#[island]
pub fn CorrectEmailForm(feedback: Feedback, email: String) -> impl IntoView {
    let form = Submission::new("email-message", feedback);
    view! {
        <form method="post" action=CorrectEmail::PATH novalidate on:submit=move |event| form.send(&event)>
            <FormMessage form />
            <TextField name="email" label="Email" kind="email" autocomplete="email" value=email form />
            <SubmitButton label="Send the code there" busy_label="Sending…" class="btn btn-outline btn-wide" form />
        </form>
    }
}
