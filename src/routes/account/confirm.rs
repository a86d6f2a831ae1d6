//! `/account/confirm`: asks for the password again before a sensitive change, and for a second factor before a change
//! of factors.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::islands::ApiError;
use crate::paths;
use crate::routes::Secret;
use crate::routes::access::Access;
use crate::routes::form::{FormRequest, PasskeyOptions};
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::session::pending_form;
use crate::services::InternalError;
use crate::services::passkeys::Shown;
use crate::ui::{CardLayout, EnhancedForm, Field, Form, PasskeyAlternative, PasskeyUse};

pub const PAGE: Page =
    Page { path: paths::ACCOUNT_CONFIRM, access: Access::SignedIn, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let PageRequest { state, by, session, .. } = request;
    let second_factor = pending_form::needs_second_factor(session).await;
    let second_factor = second_factor.map_err(|error| InternalError::Session(error.to_string()))?;
    let factors = state.second_factor().factors(state.store.reader(), by.member()?.account_id).await;
    let factors = factors.map_err(InternalError::from)?;
    let has_passkey = state.relying_party.is_some() && factors.passkeys > 0;
    // The factor may have been removed in the meantime.
    let second_factor = second_factor && factors.any();
    let title = if second_factor { "Confirm it's you" } else { "Confirm your password" };
    Ok(Document::new(title, move |context| {
        let form = Form::to(ConfirmPassword::PATH, &context.flash).first_field(Field::password("password", "Password"));
        let code_label = if factors.app { "Authentication code" } else { "Recovery code" };
        let form = if second_factor {
            form.field(Field::any_code("code", code_label)).submit("Confirm", "Checking…")
        } else {
            form.submit("Confirm password", "Checking…")
        };
        let username = context.account.as_ref().map(|account| account.username.clone());
        let passkey = context.passkeys.clone().filter(|_| has_passkey).map(PasskeyUse::confirm);
        let under = || view! { <a href=paths::ACCOUNT>"Cancel"</a> };
        let ask = match (second_factor, factors.app) {
            (false, _) => "enter your password to continue",
            (true, true) => "enter your password and a code from your authenticator app to continue",
            (true, false) => "enter your password and a recovery code, or use a passkey, to continue",
        };
        view! {
            <CardLayout context under>
                <h1>{title}</h1>
                <p>
                    "You're signed in as " <strong>{username}</strong> ". For your security, " {ask}
                    ". You won't lose your changes."
                </p>
                <EnhancedForm form />
                {passkey.map(|passkey| view! { <PasskeyAlternative passkey /> })}
            </CardLayout>
        }
    }))
}

/// Reauthenticates the signed-in user with the password, and with a code if the form that waits needs a second factor.
///
/// # Errors
/// Messages for `password` and `code`, or a wait after too many incorrect ones.
#[server(prefix = "", endpoint = "account/confirm")]
pub async fn confirm_password(
    #[server(default)] password: Secret,
    #[server(default)] code: Secret,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<ConfirmPassword>()?;
    let outcome = match post.confirms_second_factor().await {
        Ok(needed) => {
            let code = Some(code.expose()).filter(|code| needed || !code.is_empty());
            post.state.reauthentication().confirm(password.expose(), code, &post.requester).await
        }
        Err(error) => Err(error),
    };
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
