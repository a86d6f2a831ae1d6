//! The form that signs in.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{CaptchaField, FormMessage, PasswordField, PasswordUse, Submission, SubmitButton, TextField};
use crate::api::login::Login;
use crate::api::{Captcha, Feedback};

#[island]
pub fn LoginForm(
    feedback: Feedback,
    identifier: String,
    remember: bool,
    /// Where to go afterwards, if not to the dashboard.
    next: Option<String>,
    captcha: Option<Captcha>,
) -> impl IntoView {
    let form = Submission::new("login-message", feedback);
    view! {
        <form method="post" action=Login::PATH novalidate on:submit=move |event| form.send(&event)>
            {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
            <FormMessage form />
            <TextField name="identifier" label="Username or email" autocomplete="username" value=identifier form />
            <PasswordField usage=PasswordUse::SignIn form />
            <div class="form-check">
                <input class="form-check-input" type="checkbox" id="remember" name="remember" checked=remember />
                <label class="form-check-label" for="remember">
                    "Keep me signed in for 30 days"
                </label>
            </div>
            <CaptchaField form captcha />
            <SubmitButton label="Sign in" busy_label="Signing in…" form />
        </form>
    }
}
