//! The forms of a person's own account.

use leptos::prelude::*;

use super::{ApiError, Secret};

/// Asks a person who is signed in for the password again.
///
/// # Errors
/// A message beside `password`, or a wait after too many wrong ones.
#[server(prefix = "", endpoint = "account/confirm")]
pub async fn confirm_password(#[server(default)] password: Secret) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/confirm")?;
    let outcome = post.state.confirmation.confirm(password.expose(), &post.requester).await;
    post.confirmed(outcome).await
}
