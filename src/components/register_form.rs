//! The form that begins a registration.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{FormMessage, PasswordField, PasswordUse, Submission, SubmitButton, TextField};
use crate::api::Feedback;
use crate::api::registration::Register;

#[island]
pub fn RegisterForm(
    feedback: Feedback,
    username: String,
    email: String,
    captcha: Option<crate::api::Captcha>,
) -> impl IntoView {
    let form = Submission::new("register-message", feedback);
    view! {
        <form method="post" action=Register::PATH novalidate on:submit=move |event| form.send(&event)>
            {captcha.map(|captcha| view! { <input type="hidden" name="captcha" value=captcha.challenge /> })}
            <FormMessage form />
            <TextField
                name="username"
                label="Username"
                hint="3 to 32 letters, digits, dots, - or _."
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
        </form>
    }
}
