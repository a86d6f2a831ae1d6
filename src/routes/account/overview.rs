//! `/account`: username, email, password, data download and account deletion.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::islands::{ApiError, Flash};
use crate::paths;
use crate::routes::Secret;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::ui::{AccountArea, ActionButton, EnhancedForm, Field, Form, PlainRefusal, Section};

pub const PAGE: Page = Page { path: paths::ACCOUNT, access: Access::SignedIn, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let pending = request.state.account_settings().pending_email(request.by).await?;
    let awaited = pending.map(|email| email.as_str().to_owned());
    Ok(Document::new("Your account", move |context| {
        let (flash, min) = (context.flash.clone(), context.password_min);
        context.account.clone().map(|account| {
            view! {
                <AccountArea context here=paths::ACCOUNT heading="Your account">
                    <Username flash=flash.clone() username=account.username />
                    <Address flash=flash.clone() email=account.email awaited />
                    <Password flash=flash.clone() min />
                    <YourData flash />
                </AccountArea>
            }
        })
    }))
}

#[component]
fn Username(flash: Flash, username: String) -> impl IntoView {
    let form = Form::to(ChangeUsername::PATH, &flash)
        .id_prefix("name-")
        .field(Field::username().value(username))
        .submit("Change username", "Checking…")
        .outlined();
    view! {
        <Section title="Username" id="username">
            <EnhancedForm form />
        </Section>
    }
}

#[component]
fn Address(flash: Flash, email: String, awaited: Option<String>) -> impl IntoView {
    let form = Form::to(ChangeEmail::PATH, &flash)
        .id_prefix("email-")
        .field(Field::email("email", "New email").hint("We'll email you a code to confirm it."))
        .submit("Change email", "Sending…")
        .outlined();
    let awaited = awaited.map(|email| {
        view! {
            <p>
                "Waiting for you to confirm " <strong>{email}</strong> ". "
                <a href=paths::ACCOUNT_EMAIL_VERIFY>"Enter the code"</a>
            </p>
        }
    });
    view! {
        <Section title="Email" id="email">
            <p>
                "We email you at " <strong>{email}</strong>
                ". We'll switch to the new email address once you confirm it."
            </p>
            {awaited}
            <EnhancedForm form />
        </Section>
    }
}

#[component]
fn Password(flash: Flash, min: usize) -> impl IntoView {
    let form = Form::to(ChangePassword::PATH, &flash)
        .id_prefix("password-")
        .field(Field::password("current_password", "Current password"))
        .field(Field::new_password("password", "New password", min))
        .submit("Change password", "Checking…")
        .outlined();
    view! {
        <Section title="Password" id="password">
            <p>"You'll be signed out on other devices, and trusted browsers will ask for a code again."</p>
            <EnhancedForm form />
        </Section>
    }
}

#[component]
fn YourData(flash: Flash) -> impl IntoView {
    view! {
        <Section title="Your data" id="data">
            <p>"Download a copy of your data (JSON)."</p>
            <PlainRefusal flash action=paths::ACCOUNT_EXPORT />
            <ActionButton action=paths::ACCOUNT_EXPORT label="Download my data" />
        </Section>
        <Section title="Delete your account" id="delete">
            <p>"Your account is deleted after a waiting period. You can cancel until then."</p>
            <a class="btn btn-outline-danger" href=paths::ACCOUNT_DELETE>
                "Delete my account"
            </a>
        </Section>
    }
}

/// Changes the username.
///
/// # Errors
/// A message for `username`.
#[server(prefix = "", endpoint = "account/username")]
pub async fn change_username(#[server(default)] username: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<ChangeUsername>()?.keep("username", &username);
    let outcome = post.state.account_settings().change_username(&username, &post.requester).await;
    post.answer(outcome).await
}

/// Emails a code to the new email address.
///
/// # Errors
/// A message for `email`, or a limit that was reached. If the user has not entered
/// their password recently, the answer redirects to the page that asks for it.
#[server(prefix = "", endpoint = "account/email")]
pub async fn change_email(#[server(default)] email: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<ChangeEmail>()?.keep("email", &email);
    let outcome = post.state.account_settings().change_email(&email, &post.requester).await;
    post.answer(outcome).await
}

/// Changes the password and ends all other sessions.
///
/// # Errors
/// Messages for the fields, or a wait after too many incorrect passwords.
#[server(prefix = "", endpoint = "account/password")]
pub async fn change_password(
    #[server(default)] current_password: Secret,
    #[server(default)] password: Secret,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<ChangePassword>()?;
    let (current, new) = (current_password.expose(), password.expose());
    let outcome = post.state.account_settings().change_password(current, new, &post.requester).await;
    post.answer(outcome).await
}
