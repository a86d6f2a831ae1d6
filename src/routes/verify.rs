//! `/verify`: confirms the email address of a registration.

use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::crypto::OtpPurpose;
use crate::domain::{Delivery, RegistrationMode};
use crate::islands::{ApiError, Captcha, CaptchaAnswer, Flash};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::register::Card;
use crate::routes::{Secret, otp};
use crate::services::PendingVerification;
use crate::ui::{Again, CodeView, EnhancedForm, Field, Form, OtpCard, Step, Steps};

pub const PAGE: Page = Page { path: paths::VERIFY, access: Access::Anyone, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let PageRequest { state, by, .. } = request;
    let pending = state.email_verifier().pending(state.store.reader(), OtpPurpose::Registration, by).await?;
    let PendingVerification { verification: registration, code } = pending;
    if registration.proven {
        let taken = registration.sign_up.map(|it| it.username.as_str().to_owned()).unwrap_or_default();
        return Ok(Document::new("Choose another username", move |context| {
            let flash = context.flash.clone();
            view! {
                <Card context>
                    <AnotherUsername taken flash />
                </Card>
            }
        }));
    }
    let email = registration.email.as_str().to_owned();
    let code = otp::view(state, &code).await?;
    // An invited user can't register with another email address.
    let changeable = state.config.registration.mode != RegistrationMode::Invitation;
    let left = state.config.limits.email_changes.saturating_sub(registration.email_changes);
    let changes_left = changeable.then_some(left);
    Ok(Document::new("Check your email", move |context| {
        let (flash, captcha, mailbox) = (context.flash.clone(), context.captcha.clone(), context.dev_mailbox);
        view! {
            <Card context>
                <EnterCode email code changes_left flash captcha mailbox />
            </Card>
        }
    }))
}

/// The form for the code, the button that sends a new one, and the form that corrects the email address.
#[component]
fn EnterCode(
    email: String,
    code: CodeView,
    /// How often the email address can still be changed, if at all.
    changes_left: Option<u32>,
    flash: Flash,
    captcha: Option<Captcha>,
    mailbox: bool,
) -> impl IntoView {
    let form = Form::to(Verify::PATH, &flash).first_field(code.sending_field()).submit("Confirm email", "Checking…");
    let resend = Form::resend(Resend::PATH, &flash, code.resend_in_ms).captcha(captcha.clone());
    let again = Again { advice: "Start again to get a new code.", label: "Start again", page: paths::VERIFY };
    let to = email.clone();
    let undeliverable = code.delivery == Delivery::Refused;
    let lead = move || {
        view! {
            <Steps current=Step::Email />
            <h1>"Check your email"</h1>
            <p>"We've sent a " {code.name()} " to " <strong>{to}</strong> "."</p>
        }
    };
    view! {
        <OtpCard code lead form resend captcha again mailbox>
            {changes_left.map(|left| view! { <AnotherEmail flash email left undeliverable /> })}
        </OtpCard>
    }
}

/// The form that corrects the email address, collapsed unless it is needed.
#[component]
fn AnotherEmail(
    flash: Flash,
    email: String,
    left: u32,
    /// Whether the mail server refuses the email address.
    undeliverable: bool,
) -> impl IntoView {
    let open = flash.form == CorrectEmail::PATH || undeliverable;
    let form = Form::to(CorrectEmail::PATH, &flash)
        .field(Field::email("email", "Email").value(email))
        .submit("Update and send code", "Sending…")
        .outlined();
    let body = if left == 0 {
        Either::Left(view! {
            <p>
                "You can't change the email address again. "
                <a href=paths::REGISTER>"Start again"</a> " to use a different one."
            </p>
        })
    } else {
        let times = match left {
            1 => "once more".to_owned(),
            2 => "two more times".to_owned(),
            _ => format!("{left} more times"),
        };
        Either::Right(view! {
            <p class="quiet">"You can change it " {times} "."</p>
            <EnhancedForm form />
        })
    };
    view! {
        <details open=open>
            <summary>"Wrong email address?"</summary>
            {body}
        </details>
    }
}

/// The form for a username that replaces one that is now taken.
#[component]
fn AnotherUsername(taken: String, flash: Flash) -> impl IntoView {
    let form = Form::to(ChooseUsername::PATH, &flash).field(Field::username()).submit("Create account", "Checking…");
    view! {
        <h1>"Choose another username"</h1>
        <p>
            "Your email address is confirmed, but someone else has taken " <strong>{taken}</strong>
            ". Choose another username."
        </p>
        <EnhancedForm form />
    }
}

/// Checks the code and creates the account.
///
/// # Errors
/// A message for `code`. If the registration has ended, the answer redirects to `/register`.
#[server(prefix = "", endpoint = "verify")]
pub async fn verify(#[server(default)] code: Secret) -> Result<(), ApiError> {
    let post = FormRequest::of::<Verify>()?;
    let outcome = post.state.registration().verify(code.expose(), &post.requester).await;
    post.answer(outcome).await
}

/// Emails a new code.
///
/// # Errors
/// Too early, or too many codes for the email address.
#[server(prefix = "", endpoint = "verify/resend")]
pub async fn resend(#[server(flatten)] answer: CaptchaAnswer) -> Result<(), ApiError> {
    let post = FormRequest::of::<Resend>()?;
    let captcha = post.captcha(&answer);
    let outcome = post.state.email_verifier().resend(OtpPurpose::Registration, Some(&captcha), &post.requester).await;
    post.answer(outcome).await
}

/// Corrects the email address and emails a code to it.
///
/// # Errors
/// A message for `email`, or a limit that was reached.
#[server(prefix = "", endpoint = "verify/email")]
pub async fn correct_email(#[server(default)] email: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<CorrectEmail>()?.keep("email", &email);
    let outcome = post.state.registration().correct_email(&email, &post.requester).await;
    post.answer(outcome).await
}

/// Completes a confirmed registration with a different username, since the first one is now taken.
///
/// # Errors
/// A message for `username`.
#[server(prefix = "", endpoint = "verify/username")]
pub async fn choose_username(#[server(default)] username: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<ChooseUsername>()?.keep("username", &username);
    let outcome = post.state.registration().choose_username(&username, &post.requester).await;
    post.answer(outcome).await
}
