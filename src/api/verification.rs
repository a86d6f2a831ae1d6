//! The four forms of `/verify`.

use leptos::prelude::*;

use super::{ApiError, CaptchaAnswer, Secret};

/// Checks the code and creates the account.
///
/// # Errors
/// A message for `code`. If the registration has ended, the answer redirects to `/register`.
#[server(prefix = "", endpoint = "verify")]
pub async fn verify(#[server(default)] code: Secret) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/verify")?;
    let outcome = post.state.verification.verify(code.expose(), &post.requester).await;
    post.answer(outcome).await
}

/// Emails a new code.
///
/// # Errors
/// Too early, or too many codes for the email address.
#[server(prefix = "", endpoint = "verify/resend")]
pub async fn resend(#[server(flatten)] answer: CaptchaAnswer) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/verify/resend")?;
    let outcome = post.state.registration.resend(&post.captcha(&answer), &post.requester).await;
    post.answer(outcome).await
}

/// Corrects the email address and emails a code to it.
///
/// # Errors
/// A message for `email`, or a limit that was reached.
#[server(prefix = "", endpoint = "verify/email")]
pub async fn correct_email(#[server(default)] email: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/verify/email")?.keep("email", &email);
    let outcome = post.state.registration.correct_email(&email, &post.requester).await;
    post.answer(outcome).await
}

/// Completes a confirmed registration with a different username, since the first one is now taken.
///
/// # Errors
/// A message for `username`.
#[server(prefix = "", endpoint = "verify/username")]
pub async fn choose_username(#[server(default)] username: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/verify/username")?.keep("username", &username);
    let outcome = post.state.verification.choose_username(&username, &post.requester).await;
    post.answer(outcome).await
}
