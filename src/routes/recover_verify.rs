//! `/recover/verify`: sets a new password with the emailed code.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::crypto::OtpPurpose;
use crate::islands::{ApiError, Captcha, CaptchaAnswer, Flash};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::{Secret, otp};
use crate::ui::{Again, CardLayout, CodeView, Field, Form, OtpCard};

pub const PAGE: Page =
    Page { path: paths::RECOVER_VERIFY, access: Access::SignedOut, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let PageRequest { state, by, .. } = request;
    let pending = state.email_verifier().pending(state.store.reader(), OtpPurpose::Recovery, by).await?;
    let code = otp::view(state, &pending.code).await?;
    Ok(Document::new("Check your email", move |context| {
        let (flash, captcha, mailbox) = (context.flash.clone(), context.captcha.clone(), context.dev_mailbox);
        let password_min = context.password_min;
        let under = || view! { "Remember your password? " <a href=paths::LOGIN>"Sign in"</a> };
        view! {
            <CardLayout context under>
                <EnterCode code flash captcha mailbox password_min />
            </CardLayout>
        }
    }))
}

/// The form for the code and the new password, and the button that sends a new code.
#[component]
fn EnterCode(
    code: CodeView,
    flash: Flash,
    captcha: Option<Captcha>,
    mailbox: bool,
    password_min: usize,
) -> impl IntoView {
    let form = Form::to(RecoverVerify::PATH, &flash)
        .first_field(code.field())
        .field(Field::new_password("password", "New password", password_min))
        .submit("Reset password", "Checking…");
    let resend = Form::resend(RecoverResend::PATH, &flash, code.resend_in_ms).captcha(captcha.clone());
    let again = Again {
        advice: "Get a new code to reset your password.",
        label: "Get a new code",
        page: paths::RECOVER_VERIFY,
    };
    let lead = move || {
        view! {
            <h1>"Check your email"</h1>
            <p>
                "If that email address has an account, we've sent a " {code.name()} " to it. "
                "Resetting your password signs you out on all devices."
            </p>
        }
    };
    view! {
        <OtpCard code lead form resend captcha again mailbox>
            <a href=paths::RECOVER>"Use a different email address"</a>
        </OtpCard>
    }
}

/// Sets a new password with the emailed code.
///
/// # Errors
/// Messages for the fields. If the recovery has ended, the answer redirects to `/recover`.
#[server(prefix = "", endpoint = "recover/verify")]
pub async fn recover_verify(
    #[server(default)] code: Secret,
    #[server(default)] password: Secret,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<RecoverVerify>()?;
    let outcome = post.state.recovery().finish(code.expose(), password.expose(), &post.requester).await;
    post.answer(outcome).await
}

/// Emails a new code.
///
/// # Errors
/// Too early, or too many codes for the email address.
#[server(prefix = "", endpoint = "recover/resend")]
pub async fn recover_resend(#[server(flatten)] answer: CaptchaAnswer) -> Result<(), ApiError> {
    let post = FormRequest::of::<RecoverResend>()?;
    let captcha = post.captcha(&answer);
    let outcome = post.state.email_verifier().resend(OtpPurpose::Recovery, Some(&captcha), &post.requester).await;
    post.answer(outcome).await
}
