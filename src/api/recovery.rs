//! Recovery by a mailed code.

use leptos::prelude::*;

use super::{ApiError, CaptchaAnswer, Secret};

/// Mails a code if the address has an account; the answer does not tell.
///
/// # Errors
/// A message beside `email`, or a limit that was reached.
#[server(prefix = "", endpoint = "recover")]
pub async fn recover(
    #[server(default)] email: String,
    #[server(flatten)] answer: CaptchaAnswer,
) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/recover")?.keep("email", &email);
    let outcome = post.state.recovery.start(&email, &post.captcha(&answer), &post.requester).await;
    post.answer(outcome).await
}

/// Sets a new password with the mailed code.
///
/// # Errors
/// Messages beside the fields. A recovery that is over redirects to `/recover`.
#[server(prefix = "", endpoint = "recover/verify")]
pub async fn recover_verify(
    #[server(default)] code: Secret,
    #[server(default)] password: Secret,
) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/recover/verify")?;
    let outcome = post.state.recovery.finish(code.expose(), password.expose(), &post.requester).await;
    post.answer(outcome).await
}

/// Mails another code.
///
/// # Errors
/// Too early, or too many codes for the address.
#[server(prefix = "", endpoint = "recover/resend")]
pub async fn recover_resend(#[server(flatten)] answer: CaptchaAnswer) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/recover/resend")?;
    let outcome = post.state.recovery.resend(&post.captcha(&answer), &post.requester).await;
    post.answer(outcome).await
}
