//! `/login`: the sign-in form.

use leptos::prelude::*;

use crate::islands::{CaptchaScript, EnhancedForm, Field, Form, PasskeyUse};
use crate::ui::{CardLayout, PasskeyAlternative, SignUpPrompt};
use crate::paths;

#[component]
pub fn LoginPage() -> impl IntoView {
    let visitor = super::visitor();
    let flash = visitor.flash.clone();
    let captcha = visitor.captcha.clone();
    // The page to open after signing in; the dashboard if empty.
    let next = visitor.next.clone().unwrap_or_else(|| flash.value("next"));
    // With passkeys the browser suggests them as well (HTML, 4.10.18.7.1, "webauthn").
    let autocomplete = if visitor.passkeys.is_some() { "username webauthn" } else { "username" };
    let passkey = visitor.passkeys.clone().map(PasskeyUse::sign_in);
    let remember = format!("Keep me signed in for {}", visitor.remember_for);
    let form = Form::to(paths::LOGIN, &flash)
        .field(Field::text("identifier", "Username or email").autocomplete(autocomplete))
        .field(Field::password("password", "Password"))
        .field(Field::checkbox("remember", &remember))
        .captcha(captcha.clone())
        .submit("Sign in", "Signing in…");
    let form = if next.is_empty() { form } else { form.field(Field::hidden("next", next)) };
    let mode = visitor.registration;
    let under = move || view! { <SignUpPrompt mode /> };
    view! {
        <CardLayout visitor under>
            <h1>"Sign in"</h1>
            <CaptchaScript captcha />
            <EnhancedForm form />
            {passkey.map(|passkey| view! { <PasskeyAlternative passkey /> })}
            <p class="other-ways">
                <a href=paths::RECOVER>"Forgot your password?"</a>
            </p>
        </CardLayout>
    }
}
