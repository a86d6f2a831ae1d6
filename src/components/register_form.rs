//! The form that begins a registration.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{CaptchaField, FormMessage, PasswordField, PasswordUse, Submission, SubmitButton, TextField};
use crate::api::registration::Register;
use crate::api::{Captcha, Feedback};

#[island]
pub fn RegisterForm(feedback: Feedback, username: String, email: String, captcha: Option<Captcha>) -> impl IntoView {
    let form = Submission::new("register-message", feedback);
    view! {
        <form method="post" action=Register::PATH novalidate on:submit=move |event| form.send(&event)>
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
            <CaptchaField form captcha />
            <SubmitButton label="Register" busy_label="Checking…" form />
        </form>
    }
}
