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

/// Changes the username.
///
/// # Errors
/// A message beside `username`.
#[server(prefix = "", endpoint = "account/username")]
pub async fn change_username(#[server(default)] username: String) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/username")?.keep("username", &username);
    let outcome = post.state.own_account.change_username(&username, &post.requester).await;
    post.answer(outcome).await
}

/// Changes the password and ends every other session.
///
/// # Errors
/// Messages beside the fields, or a wait after too many wrong passwords.
#[server(prefix = "", endpoint = "account/password")]
pub async fn change_password(
    #[server(default)] current_password: Secret,
    #[server(default)] password: Secret,
) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/password")?;
    let (current, new) = (current_password.expose(), password.expose());
    let outcome = post.state.own_account.change_password(current, new, &post.requester).await;
    post.answer_renewed(outcome).await
}

/// Closes the account until it is deleted.
///
/// # Errors
/// Messages beside the fields, or that nobody else could administer the portal.
#[server(prefix = "", endpoint = "account/delete")]
pub async fn delete_account(
    #[server(default)] confirmation: String,
    #[server(default)] password: Secret,
) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/delete")?.keep("confirmation", &confirmation);
    let outcome = post.state.own_account.delete(&confirmation, password.expose(), &post.requester).await;
    post.answer_signed_out(outcome).await
}
