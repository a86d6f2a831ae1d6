//! `/account/email/verify`: confirms a new email address.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::crypto::OtpPurpose;
use crate::islands::{ApiError, Flash};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::{Secret, otp};
use crate::ui::{ActionButton, Again, CardLayout, CodeView, Form, OtpCard};

pub const PAGE: Page =
    Page { path: paths::ACCOUNT_EMAIL_VERIFY, access: Access::SignedIn, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let PageRequest { state, by, .. } = request;
    let pending = state.email_verifier().pending(state.store.reader(), OtpPurpose::EmailChange, by).await?;
    let email = pending.verification.email.as_str().to_owned();
    let code = otp::view(state, &pending.code).await?;
    Ok(Document::new("Confirm your new email address", move |context| {
        let (flash, mailbox) = (context.flash.clone(), context.dev_mailbox);
        let under = || view! { <a href=paths::ACCOUNT>"Back to your account"</a> };
        view! {
            <CardLayout context under>
                <EnterCode email code flash mailbox />
            </CardLayout>
        }
    }))
}

/// The form for the code, the button that sends a new one, and the button that cancels the change.
#[component]
fn EnterCode(email: String, code: CodeView, flash: Flash, mailbox: bool) -> impl IntoView {
    let form =
        Form::to(ConfirmEmail::PATH, &flash).first_field(code.sending_field()).submit("Confirm email", "Checking…");
    let resend = Form::resend(ResendEmailCode::PATH, &flash, code.resend_in_ms);
    let again = Again {
        advice: "Enter your new email address again to get a new code.",
        label: "Back to your account",
        page: paths::ACCOUNT_EMAIL_VERIFY,
    };
    let lead = move || {
        view! {
            <h1>"Confirm your new email address"</h1>
            <p>
                "We've sent a " {code.name()} " to " <strong>{email}</strong>
                ". Your email address won't change until you enter it."
            </p>
        }
    };
    view! {
        <OtpCard code lead form resend captcha=None again mailbox>
            <ActionButton action=CancelEmailChange::PATH label="Cancel change" />
        </OtpCard>
    }
}

/// Checks the code and changes the email address.
///
/// # Errors
/// A message for `code`. If the change has ended, the answer redirects to `/account`.
#[server(prefix = "", endpoint = "account/email/verify")]
pub async fn confirm_email(#[server(default)] code: Secret) -> Result<(), ApiError> {
    let post = FormRequest::of::<ConfirmEmail>()?;
    let outcome = post.state.account_settings().confirm_email(code.expose(), &post.requester).await;
    post.answer(outcome).await
}

/// Emails a new code.
///
/// # Errors
/// Too early, or too many codes for the email address.
#[server(prefix = "", endpoint = "account/email/resend")]
pub async fn resend_email_code() -> Result<(), ApiError> {
    let post = FormRequest::of::<ResendEmailCode>()?;
    let outcome = post.state.email_verifier().resend(OtpPurpose::EmailChange, None, &post.requester).await;
    post.answer(outcome).await
}

/// Cancels the change.
#[server(prefix = "", endpoint = "account/email/cancel")]
pub async fn cancel_email_change() -> Result<(), ApiError> {
    let post = FormRequest::of::<CancelEmailChange>()?;
    let outcome = post.state.account_settings().cancel_email_change(&post.requester).await;
    post.answer(outcome).await
}
