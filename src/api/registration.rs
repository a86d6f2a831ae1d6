//! Beginning a registration.

use leptos::prelude::*;

use super::{ApiError, CaptchaAnswer, Secret};

/// Takes a new person's details and mails the first code.
///
/// # Errors
/// Messages beside the fields, or a limit that was reached.
#[server(prefix = "", endpoint = "register")]
pub async fn register(
    #[server(default)] username: String,
    #[server(default)] email: String,
    #[server(default)] password: Secret,
    #[server(flatten)] answer: CaptchaAnswer,
) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/register")?.keep("username", &username).keep("email", &email);
    let outcome = post
        .state
        .registration
        .start(&username, &email, password.expose(), &post.captcha(&answer), &post.requester)
        .await;
    post.answer(outcome).await
}
