//! The form that chooses another username for a proven address.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{FormMessage, Submission, SubmitButton, TextField};
use crate::api::Feedback;
use crate::api::verification::ChooseUsername;

#[island]
pub fn UsernameForm(feedback: Feedback, username: String) -> impl IntoView {
    let action = ServerAction::<ChooseUsername>::new();
    let form = Submission::new(action, "username-message", feedback);
    view! {
        <ActionForm action attr:novalidate="">
            <FormMessage form />
            <TextField
                name="username"
                label="Username"
                hint="3 to 32 letters, digits, or the signs _ - ."
                autocomplete="username"
                value=username
                form
            />
            <SubmitButton label="Finish" busy_label="Checking…" form />
        </ActionForm>
    }
}
