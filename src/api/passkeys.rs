//! Adding, using, renaming and removing passkeys.
//!
//! Only scripts send the two requests of a ceremony: a browser does not talk to an
//! authenticator without one.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, Secret};
use crate::domain::Timestamp;

/// The options that a browser passes to its authenticator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyOptions {
    /// `publicKey` as JSON for `PublicKeyCredential.parse…OptionsFromJSON`. Empty if another
    /// step has to come first; the answer then redirects there.
    pub options: String,
    /// Sent back with the credential.
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

/// Returns the options for signing in with a passkey.
///
/// # Errors
/// A message if passkeys are not available.
#[server(prefix = "", endpoint = "login/passkey/options")]
pub async fn passkey_sign_in_options() -> Result<PasskeyOptions, ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/login/passkey/options")?;
    let offer = post.state.passkeys.offer_sign_in().await;
    post.ceremony(offer).await
}

/// Signs in with a passkey.
///
/// # Errors
/// The same message for every passkey that is not accepted, or a limit that was reached.
#[server(prefix = "", endpoint = "login/passkey")]
pub async fn passkey_sign_in(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
    #[server(default)] remember: Option<String>,
    #[server(default)] next: Option<String>,
) -> Result<(), ApiError> {
    use crate::domain::NextPath;
    use crate::http::reply::FormRequest;
    use crate::services::passkeys::Shown;
    let post = FormRequest::to("/login/passkey")?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys.sign_in(shown, remember.is_some(), &post.requester).await;
    post.start_session(outcome, next.as_deref().and_then(NextPath::parse)).await
}

/// Returns the options for the second step.
///
/// # Errors
/// A message if passkeys are not available.
#[server(prefix = "", endpoint = "login/mfa/passkey/options")]
pub async fn passkey_second_step_options() -> Result<PasskeyOptions, ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/login/mfa/passkey/options")?;
    let offer = post.state.passkeys.offer_second_step(&post.requester).await;
    post.ceremony(offer).await
}

/// Completes the second step with a passkey.
///
/// # Errors
/// Same as [`passkey_sign_in`].
#[server(prefix = "", endpoint = "login/mfa/passkey")]
pub async fn passkey_second_step(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
    #[server(default)] trust: Option<String>,
) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    use crate::services::passkeys::Shown;
    let post = FormRequest::to("/login/mfa/passkey")?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys.second_step(shown, trust.is_some(), &post.requester).await;
    post.second_step(outcome).await
}

/// Returns the options for reauthentication.
///
/// # Errors
/// A message if passkeys are not available.
#[server(prefix = "", endpoint = "account/confirm/passkey/options")]
pub async fn passkey_confirmation_options() -> Result<PasskeyOptions, ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/confirm/passkey/options")?;
    let offer = post.state.passkeys.offer_confirmation(&post.requester).await;
    post.ceremony(offer).await
}

/// Reauthenticates with a passkey instead of the password.
///
/// # Errors
/// Same as [`passkey_sign_in`].
#[server(prefix = "", endpoint = "account/confirm/passkey")]
pub async fn confirm_with_passkey(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    use crate::services::passkeys::Shown;
    let post = FormRequest::to("/account/confirm/passkey")?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys.confirm(shown, &post.requester).await;
    post.confirmed(outcome).await
}

/// Returns the options for creating a passkey.
///
/// # Errors
/// A message if passkeys are not available, or the account has the maximum number of them.
#[server(prefix = "", endpoint = "account/security/passkeys/options")]
pub async fn passkey_adding_options() -> Result<PasskeyOptions, ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/security/passkeys/options")?;
    let offer = post.state.passkeys.offer_adding(&post.requester).await;
    post.ceremony(offer).await
}

/// Adds a passkey that an authenticator created.
///
/// # Errors
/// A message if it does not match the options.
#[server(prefix = "", endpoint = "account/security/passkeys")]
pub async fn add_passkey(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    use crate::services::passkeys::Shown;
    let post = FormRequest::to("/account/security/passkeys")?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys.add(shown, &post.requester).await;
    post.answer_change(outcome).await
}

/// Renames a passkey.
///
/// # Errors
/// A message for `name`.
#[server(prefix = "", endpoint = "account/security/passkeys/rename")]
pub async fn rename_passkey(#[server(default)] id: String, #[server(default)] name: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/security/passkeys/rename")?.keep("id", &id).keep("name", &name);
    let outcome = post.state.passkeys.rename(&id, &name, &post.requester).await;
    post.answer(outcome).await
}

/// Removes a passkey.
///
/// # Errors
/// A message if it has already been removed.
#[server(prefix = "", endpoint = "account/security/passkeys/remove")]
pub async fn remove_passkey(#[server(default)] id: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/security/passkeys/remove")?;
    let outcome = post.state.passkeys.remove(&id, &post.requester).await;
    post.answer_change(outcome).await
}
