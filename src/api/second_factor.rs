//! Two-step sign-in: the second step, and setting it up.

use std::fmt;

use leptos::prelude::*;

use super::{ApiError, Secret};
use crate::domain::Timestamp;

/// The ways to complete the second step. A recovery code always works.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondStepView {
    pub has_app: bool,
    pub has_passkeys: bool,
    /// How long a browser is trusted, as text.
    pub trust_lifetime: String,
}

/// The two-step sign-in of the user's account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TwoStepView {
    pub app: AppView,
    /// `None` while two-step sign-in is off.
    pub recovery_codes_left: Option<u64>,
}

/// The authenticator app of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppView {
    /// When it was added.
    pub since: Option<Timestamp>,
    /// `false` while a second factor is required and there is no other.
    pub can_turn_off: bool,
    pub adding: AddingView,
}

/// An authenticator app that is being added, or that replaces another.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum AddingView {
    #[default]
    Nothing,
    /// The user has to enter their password to see the secret.
    Hidden,
    Shown {
        /// The secret in groups, for typing.
        secret: String,
        /// The URL for an app on this device.
        url: String,
        /// The number of modules along a side of the QR code, and the dark ones as an SVG path.
        qr_side: usize,
        qr_path: String,
    },
}

/// Never prints the secret.
impl fmt::Debug for AddingView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Hidden => "Hidden",
            Self::Shown { .. } => "Shown(…)",
        })
    }
}

/// A trusted browser, which skips the second step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedBrowserView {
    pub id: String,
    /// The description of the browser, such as "Firefox on Linux".
    pub browser: String,
    pub ip: String,
    pub since: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub until: Timestamp,
    /// Whether it is the browser that sent the request.
    pub this: bool,
}

/// New recovery codes; empty if they have already been shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RecoveryCodesView {
    pub codes: Vec<String>,
}

impl fmt::Debug for RecoveryCodesView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoveryCodesView({}, …)", self.codes.len())
    }
}

/// Completes the second step with a code.
///
/// # Errors
/// The same message for every incorrect code, or a wait after too many.
#[server(prefix = "", endpoint = "login/mfa")]
pub async fn second_step(
    #[server(default)] code: Secret,
    #[server(default)] trust: Option<String>,
) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/login/mfa")?.keep("trust", trust.as_deref().unwrap_or_default());
    let outcome = post.state.second_factor.with_code(code.expose(), trust.is_some(), &post.requester).await;
    post.second_step(outcome).await
}

/// Starts adding or replacing an authenticator app.
#[server(prefix = "", endpoint = "account/security/totp")]
pub async fn begin_app() -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/security/totp")?;
    let outcome = post.state.second_factor.begin_app(&post.requester).await;
    post.answer(outcome).await
}

/// Confirms the new app with a code.
///
/// # Errors
/// A message for `code`.
#[server(prefix = "", endpoint = "account/security/totp/confirm")]
pub async fn confirm_app(#[server(default)] code: Secret) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/security/totp/confirm")?;
    let outcome = post.state.second_factor.confirm_app(code.expose(), &post.requester).await;
    post.answer_change(outcome).await
}

/// Cancels adding an app.
#[server(prefix = "", endpoint = "account/security/totp/cancel")]
pub async fn cancel_app() -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/security/totp/cancel")?;
    let outcome = post.state.second_factor.cancel_app(&post.requester).await;
    post.answer(outcome).await
}

/// Turns the app off.
///
/// # Errors
/// A message if there is none, or a second factor is required and there is no other.
#[server(prefix = "", endpoint = "account/security/totp/off")]
pub async fn turn_off_app() -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/security/totp/off")?;
    let outcome = post.state.second_factor.turn_off_app(&post.requester).await;
    post.answer_change(outcome).await
}

/// Replaces the recovery codes.
///
/// # Errors
/// A message while two-step sign-in is off.
#[server(prefix = "", endpoint = "account/security/recovery-codes")]
pub async fn new_recovery_codes() -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/security/recovery-codes")?;
    let outcome = post.state.second_factor.new_recovery_codes(&post.requester).await;
    post.answer_change(outcome).await
}

/// Removes a trusted browser.
///
/// # Errors
/// A message if it has already been removed.
#[server(prefix = "", endpoint = "account/security/browsers/forget")]
pub async fn forget_browser(#[server(default)] id: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/security/browsers/forget")?;
    let outcome = post.state.second_factor.forget_browser(&id, &post.requester).await;
    post.answer(outcome).await
}

/// Removes all trusted browsers.
#[server(prefix = "", endpoint = "account/security/browsers/forget-all")]
pub async fn forget_browsers() -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/security/browsers/forget-all")?;
    let outcome = post.state.second_factor.forget_browsers(&post.requester).await;
    post.answer(outcome).await
}
