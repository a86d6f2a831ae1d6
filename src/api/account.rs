//! The forms of the user's own account.

use leptos::prelude::*;

use super::{ApiError, Secret};

/// Reauthenticates the signed-in user with the password.
///
/// # Errors
/// A message for `password`, or a wait after too many incorrect ones.
#[server(prefix = "", endpoint = "account/confirm")]
pub async fn confirm_password(#[server(default)] password: Secret) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/confirm")?;
    let outcome = post.state.reauthentication.confirm(password.expose(), &post.requester).await;
    post.confirmed(outcome).await
}

/// Changes the username.
///
/// # Errors
/// A message for `username`.
#[server(prefix = "", endpoint = "account/username")]
pub async fn change_username(#[server(default)] username: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/username")?.keep("username", &username);
    let outcome = post.state.account_settings.change_username(&username, &post.requester).await;
    post.answer(outcome).await
}

/// Changes the password and ends all other sessions.
///
/// # Errors
/// Messages for the fields, or a wait after too many incorrect passwords.
#[server(prefix = "", endpoint = "account/password")]
pub async fn change_password(
    #[server(default)] current_password: Secret,
    #[server(default)] password: Secret,
) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/password")?;
    let (current, new) = (current_password.expose(), password.expose());
    let outcome = post.state.account_settings.change_password(current, new, &post.requester).await;
    post.answer_renewed(outcome).await
}

/// Closes the account and schedules its deletion.
///
/// # Errors
/// Messages for the fields, or a refusal if the user is the last administrator.
#[server(prefix = "", endpoint = "account/delete")]
pub async fn delete_account(
    #[server(default)] confirmation: String,
    #[server(default)] password: Secret,
) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/delete")?.keep("confirmation", &confirmation);
    let outcome = post.state.account_settings.delete(&confirmation, password.expose(), &post.requester).await;
    post.answer_signed_out(outcome).await
}
