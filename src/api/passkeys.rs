//! Passkeys: making them, showing them, looking after them.
//!
//! The two posts of a ceremony are for scripts alone: without one no browser
//! speaks to an authenticator.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, Secret};
use crate::domain::Timestamp;

/// What a browser needs to ask its authenticator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyOptions {
    /// `publicKey` as JSON, as `PublicKeyCredential.parse…OptionsFromJSON` takes it. Empty when
    /// something has to come first, to which the answer then leads.
    pub options: String,
    /// Comes back with the credential.
    pub state: String,
}

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyView {
    pub id: String,
    pub name: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// Options for signing in with a passkey.
///
/// # Errors
/// Where there are no passkeys.
#[server(prefix = "", endpoint = "login/passkey/options")]
pub async fn passkey_sign_in_options() -> Result<PasskeyOptions, ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/login/passkey/options")?;
    let offer = post.state.passkeys.offer_sign_in().await;
    post.ceremony(offer).await
}

/// Signs in with a passkey.
///
/// # Errors
/// One message for every passkey that does not count; a limit that was reached.
#[server(prefix = "", endpoint = "login/passkey")]
pub async fn passkey_sign_in(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
    #[server(default)] remember: Option<String>,
    #[server(default)] next: Option<String>,
) -> Result<(), ApiError> {
    use crate::domain::NextPath;
    use crate::server::http::reply::Post;
    use crate::server::services::passkeys::Shown;
    let post = Post::to("/login/passkey")?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys.sign_in(shown, remember.is_some(), &post.requester).await;
    post.enter(outcome, next.as_deref().and_then(NextPath::parse)).await
}

/// Options for the second step.
///
/// # Errors
/// Where there are no passkeys.
#[server(prefix = "", endpoint = "login/mfa/passkey/options")]
pub async fn passkey_second_step_options() -> Result<PasskeyOptions, ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/login/mfa/passkey/options")?;
    let offer = post.state.passkeys.offer_second_step(&post.requester).await;
    post.ceremony(offer).await
}

/// Takes the second step with a passkey.
///
/// # Errors
/// As [`passkey_sign_in`].
#[server(prefix = "", endpoint = "login/mfa/passkey")]
pub async fn passkey_second_step(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
    #[server(default)] trust: Option<String>,
) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    use crate::server::services::passkeys::Shown;
    let post = Post::to("/login/mfa/passkey")?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys.second_step(shown, trust.is_some(), &post.requester).await;
    post.second_step(outcome).await
}

/// Options for confirming who is at the keyboard.
///
/// # Errors
/// Where there are no passkeys.
#[server(prefix = "", endpoint = "account/confirm/passkey/options")]
pub async fn passkey_confirmation_options() -> Result<PasskeyOptions, ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/confirm/passkey/options")?;
    let offer = post.state.passkeys.offer_confirmation(&post.requester).await;
    post.ceremony(offer).await
}

/// Confirms who is at the keyboard with a passkey in place of the password.
///
/// # Errors
/// As [`passkey_sign_in`].
#[server(prefix = "", endpoint = "account/confirm/passkey")]
pub async fn confirm_with_passkey(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    use crate::server::services::passkeys::Shown;
    let post = Post::to("/account/confirm/passkey")?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys.confirm(shown, &post.requester).await;
    post.confirmed(outcome).await
}

/// Options for making a passkey.
///
/// # Errors
/// Where there are no passkeys, or the account has enough of them.
#[server(prefix = "", endpoint = "account/security/passkeys/options")]
pub async fn passkey_adding_options() -> Result<PasskeyOptions, ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/security/passkeys/options")?;
    let offer = post.state.passkeys.offer_adding(&post.requester).await;
    post.ceremony(offer).await
}

/// Adds a passkey that an authenticator made.
///
/// # Errors
/// When it does not fit what was asked for.
#[server(prefix = "", endpoint = "account/security/passkeys")]
pub async fn add_passkey(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    use crate::server::services::passkeys::Shown;
    let post = Post::to("/account/security/passkeys")?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys.add(shown, &post.requester).await;
    post.answer_change(outcome).await
}

/// Gives a passkey another name.
///
/// # Errors
/// A message beside `name`.
#[server(prefix = "", endpoint = "account/security/passkeys/rename")]
pub async fn rename_passkey(#[server(default)] id: String, #[server(default)] name: String) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/security/passkeys/rename")?.keep("id", &id).keep("name", &name);
    let outcome = post.state.passkeys.rename(&id, &name, &post.requester).await;
    post.answer(outcome).await
}

/// Removes a passkey.
///
/// # Errors
/// When it is gone already.
#[server(prefix = "", endpoint = "account/security/passkeys/remove")]
pub async fn remove_passkey(#[server(default)] id: String) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/security/passkeys/remove")?;
    let outcome = post.state.passkeys.remove(&id, &post.requester).await;
    post.answer_change(outcome).await
}
