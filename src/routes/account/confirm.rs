//! `/account/confirm`: asks for the password again before a sensitive change.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::islands::ApiError;
use crate::paths;
use crate::routes::Secret;
use crate::routes::access::Access;
use crate::routes::form::{FormRequest, PasskeyOptions};
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::services::passkeys::Shown;
use crate::ui::{CardLayout, EnhancedForm, Field, Form, PasskeyAlternative, PasskeyUse};

pub const PAGE: Page =
    Page { path: paths::ACCOUNT_CONFIRM, access: Access::SignedIn, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let state = request.state;
    let has_passkey = state.relying_party.is_some() && !state.passkeys().list(request.by).await?.is_empty();
    Ok(Document::new("Confirm your password", move |context| {
        let form = Form::to(ConfirmPassword::PATH, &context.flash)
            .first_field(Field::password("password", "Password"))
            .submit("Confirm password", "Checking…");
        let username = context.account.as_ref().map(|account| account.username.clone());
        let passkey = context.passkeys.clone().filter(|_| has_passkey).map(PasskeyUse::confirm);
        let under = || view! { <a href=paths::ACCOUNT>"Cancel"</a> };
        view! {
            <CardLayout context under>
                <h1>"Confirm your password"</h1>
                <p>
                    "You're signed in as " <strong>{username}</strong>
                    ". For your security, enter your password to continue. You won't lose your changes."
                </p>
                <EnhancedForm form />
                {passkey.map(|passkey| view! { <PasskeyAlternative passkey /> })}
            </CardLayout>
        }
    }))
}

/// Reauthenticates the signed-in user with the password.
///
/// # Errors
/// A message for `password`, or a wait after too many incorrect ones.
#[server(prefix = "", endpoint = "account/confirm")]
pub async fn confirm_password(#[server(default)] password: Secret) -> Result<(), ApiError> {
    let post = FormRequest::of::<ConfirmPassword>()?;
    let outcome = post.state.reauthentication().confirm(password.expose(), &post.requester).await;
    post.answer(outcome).await
}

/// Returns the options for reauthentication.
///
/// # Errors
/// A message if passkeys are not available.
#[server(prefix = "", endpoint = "account/confirm/passkey/options")]
pub async fn passkey_confirmation_options() -> Result<PasskeyOptions, ApiError> {
    let post = FormRequest::of::<PasskeyConfirmationOptions>()?;
    let offer = post.state.passkeys().offer_confirmation(&post.requester).await;
    post.ceremony(offer).await
}

/// Reauthenticates with a passkey instead of the password.
///
/// # Errors
/// The same message for every passkey that is not accepted, or a limit that was reached.
#[server(prefix = "", endpoint = "account/confirm/passkey")]
pub async fn confirm_with_passkey(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<ConfirmWithPasskey>()?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys().confirm(shown, &post.requester).await;
    post.answer(outcome).await
}
