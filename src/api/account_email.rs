//! Changing an account's email address, with a code sent to the new one.

use leptos::prelude::*;

use super::{ApiError, Secret};

/// Emails a code to the new email address.
///
/// # Errors
/// A message for `email`, or a limit that was reached. If the user has not entered
/// their password recently, the answer redirects to the page that asks for it.
#[server(prefix = "", endpoint = "account/email")]
pub async fn change_email(#[server(default)] email: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/email")?.keep("email", &email);
    let outcome = post.state.account_settings.change_email(&email, &post.requester).await;
    post.answer(outcome).await
}

/// Checks the code and changes the email address.
///
/// # Errors
/// A message for `code`. If the change has ended, the answer redirects to `/account`.
#[server(prefix = "", endpoint = "account/email/verify")]
pub async fn confirm_email(#[server(default)] code: Secret) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/email/verify")?;
    let outcome = post.state.account_settings.confirm_email(code.expose(), &post.requester).await;
    post.answer(outcome).await
}

/// Emails a new code.
///
/// # Errors
/// Too early, or too many codes for the email address.
#[server(prefix = "", endpoint = "account/email/resend")]
pub async fn resend_email_code() -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/email/resend")?;
    let outcome = post.state.account_settings.resend_email_code(&post.requester).await;
    post.answer(outcome).await
}

/// Cancels the change.
#[server(prefix = "", endpoint = "account/email/cancel")]
pub async fn cancel_email_change() -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/email/cancel")?;
    let outcome = post.state.account_settings.cancel_email_change(&post.requester).await;
    post.answer(outcome).await
}
