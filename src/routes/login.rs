//! `/login`: the sign-in form, signing in with a passkey, and signing out.

use std::future::ready;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::islands::{ApiError, CaptchaAnswer};
use crate::paths;
use crate::routes::Secret;
use crate::routes::access::Access;
use crate::routes::form::{FormRequest, PasskeyOptions};
use crate::routes::page::{Document, Page};
use crate::services::login::Credentials;
use crate::services::passkeys::Shown;
use crate::ui::{CaptchaScript, CardLayout, EnhancedForm, Field, Form, PasskeyAlternative, PasskeyUse, SignUpPrompt};

pub const PAGE: Page =
    Page { path: paths::LOGIN, access: Access::SignedOut, load: |_| Box::pin(ready(Ok(document()))) };

fn document() -> Document {
    Document::new("Sign in", |context| {
        let flash = context.flash.clone();
        let captcha = context.captcha.clone();
        // The page to open after signing in; the dashboard if empty.
        let next = context.next.clone().unwrap_or_else(|| flash.value("next"));
        // With passkeys the browser suggests them as well (HTML, 4.10.18.7.1, "webauthn").
        let autocomplete = if context.passkeys.is_some() { "username webauthn" } else { "username" };
        let passkey = context.passkeys.clone().map(PasskeyUse::sign_in);
        let remember = format!("Keep me signed in for {}", context.remember_for);
        let form = Form::to(Login::PATH, &flash)
            .field(Field::text("identifier", "Username or email").autocomplete(autocomplete))
            .field(Field::password("password", "Password"))
            .field(Field::checkbox("remember", &remember))
            .captcha(captcha.clone())
            .submit("Sign in", "Signing in…");
        let form = if next.is_empty() { form } else { form.field(Field::hidden("next", next)) };
        let mode = context.registration;
        let under = move || view! { <SignUpPrompt mode /> };
        view! {
            <CardLayout context under>
                <h1>"Sign in"</h1>
                <CaptchaScript captcha />
                <EnhancedForm form />
                {passkey.map(|passkey| view! { <PasskeyAlternative passkey /> })}
                <p class="other-ways">
                    <a href=paths::RECOVER>"Forgot your password?"</a>
                </p>
            </CardLayout>
        }
    })
}

/// Signs in with a username or an email address.
///
/// # Errors
/// The same message for every incorrect pair, or a limit that was reached.
#[server(prefix = "", endpoint = "login")]
pub async fn login(
    #[server(default)] identifier: String,
    #[server(default)] password: Secret,
    #[server(default)] remember: Option<String>,
    #[server(default)] next: Option<String>,
    #[server(flatten)] answer: CaptchaAnswer,
) -> Result<(), ApiError> {
    let (remembered, wanted) = (remember.as_deref().unwrap_or_default(), next.as_deref().unwrap_or_default());
    let post =
        FormRequest::of::<Login>()?.keep("identifier", &identifier).keep("remember", remembered).keep("next", wanted);
    let brought = post.captcha(&answer);
    let typed = Credentials {
        identifier: &identifier,
        password: password.expose(),
        remember: remember.is_some(),
        next: next.as_deref(),
    };
    let outcome = post.state.login().sign_in(typed, &brought, &post.requester).await;
    post.answer(outcome).await
}

/// Returns the options for signing in with a passkey. Only scripts send the two requests of a
/// ceremony: a browser does not talk to an authenticator without one.
///
/// # Errors
/// A message if passkeys are not available.
#[server(prefix = "", endpoint = "login/passkey/options")]
pub async fn passkey_sign_in_options() -> Result<PasskeyOptions, ApiError> {
    let post = FormRequest::of::<PasskeySignInOptions>()?;
    let offer = post.state.passkeys().offer_sign_in().await;
    post.ceremony(offer).await
}

/// Signs in with a passkey.
///
/// # Errors
/// The same message for every passkey that is not accepted, or a limit that was reached.
#[server(prefix = "", endpoint = "login/passkey")]
pub async fn passkey_sign_in(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
    #[server(default)] remember: Option<String>,
    #[server(default)] next: Option<String>,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<PasskeySignIn>()?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys().sign_in(shown, remember.is_some(), next.as_deref(), &post.requester).await;
    post.answer(outcome).await
}

/// Ends this session.
#[server(prefix = "", endpoint = "logout")]
pub async fn logout() -> Result<(), ApiError> {
    let post = FormRequest::of::<Logout>()?;
    let outcome = post.state.session_manager().sign_out(&post.requester).await;
    post.answer(outcome).await
}
