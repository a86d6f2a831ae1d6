//! Two-step sign-in: the step itself, and what is needed for it.

use std::fmt;

use leptos::prelude::*;

use super::{ApiError, Secret};
use crate::domain::Timestamp;

/// With what a second step that is due can be taken. A recovery code always can.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondStepView {
    pub has_app: bool,
    pub has_passkeys: bool,
    /// How long a browser is trusted, in words.
    pub trusts_for: String,
}

/// Two-step sign-in of an account, as its owner sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TwoStepView {
    pub app: AppView,
    /// `None` while signing in takes one step.
    pub recovery_codes_left: Option<u64>,
}

/// The authenticator app of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppView {
    /// Since when there is one.
    pub since: Option<Timestamp>,
    /// Not while a second factor is demanded and there is no other.
    pub can_turn_off: bool,
    pub adding: AddingView,
}

/// An authenticator app that is being added, or is to take the place of another.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum AddingView {
    #[default]
    Nothing,
    /// What belongs into it is shown after the password alone.
    Hidden,
    Shown {
        /// For typing, in groups.
        secret: String,
        /// For an app on this device.
        url: String,
        /// The squares along a side of the QR code, and its dark ones as the path of an SVG.
        qr_side: usize,
        qr_path: String,
    },
}

/// What is secret in it is never printed.
impl fmt::Debug for AddingView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Hidden => "Hidden",
            Self::Shown { .. } => "Shown(…)",
        })
    }
}

/// A browser that is not asked for the second step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedBrowserView {
    pub id: String,
    /// In words, such as "Firefox on Linux".
    pub browser: String,
    pub ip: String,
    pub since: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub until: Timestamp,
    /// The one that asks.
    pub this: bool,
}

/// Recovery codes on the one page that shows them; none when they were shown before.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RecoveryCodesView {
    pub codes: Vec<String>,
}

impl fmt::Debug for RecoveryCodesView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoveryCodesView({}, …)", self.codes.len())
    }
}

/// Takes the second step of signing in with a code.
///
/// # Errors
/// One message for every code that does not count; a wait after too many.
#[server(prefix = "", endpoint = "login/mfa")]
pub async fn second_step(
    #[server(default)] code: Secret,
    #[server(default)] trust: Option<String>,
) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/login/mfa")?.keep("trust", trust.as_deref().unwrap_or_default());
    let outcome = post.state.second_factor.with_code(code.expose(), trust.is_some(), &post.requester).await;
    post.second_step(outcome).await
}

/// Begins to add an authenticator app, or to change to another one.
///
/// # Errors
/// Only faults.
#[server(prefix = "", endpoint = "account/security/totp")]
pub async fn begin_app() -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/security/totp")?;
    let outcome = post.state.second_factor.begin_app(&post.requester).await;
    post.answer(outcome).await
}

/// Adds the app whose code this is.
///
/// # Errors
/// A message beside `code`.
#[server(prefix = "", endpoint = "account/security/totp/confirm")]
pub async fn confirm_app(#[server(default)] code: Secret) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/security/totp/confirm")?;
    let outcome = post.state.second_factor.confirm_app(code.expose(), &post.requester).await;
    post.answer_change(outcome).await
}

/// Gives up adding an app.
///
/// # Errors
/// Only faults.
#[server(prefix = "", endpoint = "account/security/totp/cancel")]
pub async fn cancel_app() -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/security/totp/cancel")?;
    let outcome = post.state.second_factor.cancel_app(&post.requester).await;
    post.answer(outcome).await
}

/// Turns the app off.
///
/// # Errors
/// When there is none, or a second factor is demanded and there is no other.
#[server(prefix = "", endpoint = "account/security/totp/off")]
pub async fn turn_off_app() -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/security/totp/off")?;
    let outcome = post.state.second_factor.turn_off_app(&post.requester).await;
    post.answer_change(outcome).await
}

/// Makes new recovery codes in the place of the earlier ones.
///
/// # Errors
/// While signing in takes one step.
#[server(prefix = "", endpoint = "account/security/recovery-codes")]
pub async fn new_recovery_codes() -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/security/recovery-codes")?;
    let outcome = post.state.second_factor.new_recovery_codes(&post.requester).await;
    post.answer_change(outcome).await
}

/// Asks a trusted browser for the second step again.
///
/// # Errors
/// When it is gone already.
#[server(prefix = "", endpoint = "account/security/browsers/forget")]
pub async fn forget_browser(#[server(default)] id: String) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/security/browsers/forget")?;
    let outcome = post.state.second_factor.forget_browser(&id, &post.requester).await;
    post.answer(outcome).await
}

/// Asks every browser for the second step again.
///
/// # Errors
/// Only faults.
#[server(prefix = "", endpoint = "account/security/browsers/forget-all")]
pub async fn forget_browsers() -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/security/browsers/forget-all")?;
    let outcome = post.state.second_factor.forget_browsers(&post.requester).await;
    post.answer(outcome).await
}
