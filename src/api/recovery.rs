//! Password reset with an emailed code.

use leptos::prelude::*;

use super::{ApiError, CaptchaAnswer, Secret};

/// Emails a code if the email address has an account. The answer does not reveal whether it has.
///
/// # Errors
/// A message for `email`, or a limit that was reached.
#[server(prefix = "", endpoint = "recover")]
pub async fn recover(
    #[server(default)] email: String,
    #[server(flatten)] answer: CaptchaAnswer,
) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/recover")?.keep("email", &email);
    let outcome = post.state.recovery.start(&email, &post.captcha(&answer), &post.requester).await;
    post.answer(outcome).await
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
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/recover/verify")?;
    let outcome = post.state.recovery.finish(code.expose(), password.expose(), &post.requester).await;
    post.answer(outcome).await
}

/// Emails a new code.
///
/// # Errors
/// Too early, or too many codes for the email address.
#[server(prefix = "", endpoint = "recover/resend")]
pub async fn recover_resend(#[server(flatten)] answer: CaptchaAnswer) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/recover/resend")?;
    let outcome = post.state.recovery.resend(&post.captcha(&answer), &post.requester).await;
    post.answer(outcome).await
}
