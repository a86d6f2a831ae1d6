//! `/login/mfa`: the second step of signing in.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::login::Logout;
use crate::datetime;
use crate::islands::ApiError;
use crate::paths;
use crate::routes::Secret;
use crate::routes::access::Access;
use crate::routes::form::{FormRequest, PasskeyOptions};
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::services::ServiceError;
use crate::services::passkeys::Shown;
use crate::ui::{CardLayout, EnhancedForm, Field, Form, PasskeyAlternative, PasskeyUse};

pub const PAGE: Page =
    Page { path: paths::LOGIN_MFA, access: Access::SecondStep, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let PageRequest { state, by, .. } = request;
    let due = by.second_step.as_ref().ok_or(ServiceError::Unauthenticated)?;
    let factors = state.second_factor().factors(state.store.reader(), due.account_id).await?;
    let trust = format!("Trust this browser for {}", datetime::duration(state.config.limits.trust_lifetime));
    Ok(Document::new("Two-step sign-in", move |context| {
        let passkey = context.passkeys.clone().filter(|_| factors.passkeys > 0).map(PasskeyUse::second_step);
        let (lead, label) = if factors.app {
            ("Enter the 6-digit code from your authenticator app.", "Authentication code")
        } else {
            ("Use your passkey or a recovery code to finish signing in.", "Recovery code")
        };
        let form = Form::to(SecondStep::PATH, &context.flash)
            .first_field(Field::any_code("code", label))
            .field(Field::checkbox("trust", &trust))
            .submit("Sign in", "Checking…");
        let without_app =
            factors.app.then(|| view! { <p class="quiet">"Can't use your phone? Enter a recovery code instead."</p> });
        view! {
            <CardLayout context>
                <h1>"Two-step sign-in"</h1>
                <p>{lead}</p>
                <EnhancedForm form />
                {passkey.map(|passkey| view! { <PasskeyAlternative passkey /> })}
                {without_app}
                <form method="post" action=Logout::PATH>
                    <button class="btn btn-link">"Sign in as someone else"</button>
                </form>
            </CardLayout>
        }
    }))
}

/// Completes the second step with a code.
///
/// # Errors
/// The same message for every incorrect code, or a wait after too many.
#[server(prefix = "", endpoint = "login/mfa")]
pub async fn second_step(
    #[server(default)] code: Secret,
    #[server(default)] trust: Option<String>,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<SecondStep>()?.keep("trust", trust.as_deref().unwrap_or_default());
    let outcome = post.state.second_factor().with_code(code.expose(), trust.is_some(), &post.requester).await;
    post.answer(outcome).await
}

/// Returns the options for the second step.
///
/// # Errors
/// A message if passkeys are not available.
#[server(prefix = "", endpoint = "login/mfa/passkey/options")]
pub async fn passkey_second_step_options() -> Result<PasskeyOptions, ApiError> {
    let post = FormRequest::of::<PasskeySecondStepOptions>()?;
    let offer = post.state.passkeys().offer_second_step(&post.requester).await;
    post.ceremony(offer).await
}

/// Completes the second step with a passkey.
///
/// # Errors
/// The same message for every passkey that is not accepted, or a limit that was reached.
#[server(prefix = "", endpoint = "login/mfa/passkey")]
pub async fn passkey_second_step(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
    #[server(default)] trust: Option<String>,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<PasskeySecondStep>()?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys().second_step(shown, trust.is_some(), &post.requester).await;
    post.answer(outcome).await
}
