//! The form that begins a registration.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{FormMessage, PasswordField, PasswordUse, Submission, SubmitButton, TextField};
use crate::api::Feedback;
use crate::api::registration::Register;

#[island]
pub fn RegisterForm(feedback: Feedback, username: String, email: String) -> impl IntoView {
    let action = ServerAction::<Register>::new();
    let form = Submission::new(action, "register-message", feedback);
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
            <TextField
                name="email"
                label="Email"
                hint="We send a six-digit code to it."
                kind="email"
                autocomplete="email"
                value=email
                form
            />
            <PasswordField usage=PasswordUse::Choose form />
            <SubmitButton label="Register" busy_label="Checking…" form />
        </ActionForm>
    }
}
