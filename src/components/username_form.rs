//! The form that chooses another username for a proven address.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{FormMessage, Submission, SubmitButton, TextField};
use crate::api::Feedback;
use crate::api::verification::ChooseUsername;

#[island]
pub fn UsernameForm(feedback: Feedback, username: String) -> impl IntoView {
    let form = Submission::new("username-message", feedback);
    view! {
        <form method="post" action=ChooseUsername::PATH novalidate on:submit=move |event| form.send(&event)>
            <FormMessage form />
            <TextField
                name="username"
                label="Username"
                hint="3 to 32 letters, digits, dots, - or _."
                autocomplete="username"
                value=username
                form
            />
            <SubmitButton label="Finish" busy_label="Checking…" form />
        </form>
    }
}
