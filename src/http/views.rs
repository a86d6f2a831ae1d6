//! Loads the data of each page before it is rendered.

mod account;
pub(super) mod admin;
mod code;
mod email_links;
mod recover;
mod register;
pub mod security_log;
mod sessions;
mod verify;

use axum::http::Uri;

mod passkeys;
pub(super) mod security;
use super::access_policy::{self, AccessPolicy};
use crate::api::{RecoveryCodesView, View};
use crate::paths;
use crate::services::outcome::InternalError;
use crate::services::{NextStep, RequestContext, ServiceError};
use crate::state::AppState;

/// Why a page is not shown to a user who may open it.
#[derive(Debug)]
pub enum LoadError {
    /// Nothing to show; redirect instead.
    Redirect(Box<NextStep>),
    /// Not found, or not for this user to know about.
    NotFound,
    InternalError(InternalError),
}

impl From<InternalError> for LoadError {
    fn from(fault: InternalError) -> Self {
        Self::InternalError(fault)
    }
}

impl From<NextStep> for LoadError {
    fn from(done: NextStep) -> Self {
        Self::Redirect(Box::new(done))
    }
}

impl From<ServiceError> for LoadError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::InternalError(fault) => Self::InternalError(fault),
            ServiceError::NotFound => Self::NotFound,
            // The session ended after the request was authenticated.
            _ => NextStep::go(paths::LOGIN).into(),
        }
    }
}

/// Loads the data of the page at this URL.
///
/// # Errors
/// A redirect or 404 when the page has nothing to show, or an internal error.
pub async fn load(state: &AppState, uri: &Uri, by: &RequestContext) -> Result<View, LoadError> {
    match uri.path() {
        paths::REGISTER => Ok(View::Register(register::load(state, uri.query().unwrap_or_default(), by).await?)),
        paths::VERIFY => Ok(View::Verify(verify::load(state, by).await?)),
        paths::RECOVER_VERIFY => Ok(View::Recover(recover::load(state, by).await?)),
        paths::LOGIN_MFA => Ok(View::SecondStep(security::second_step(state, by).await?)),
        paths::ACCOUNT => account::overview(state, by).await,
        paths::ACCOUNT_CONFIRM => Ok(View::Confirm(passkeys::confirm(state, by).await?)),
        paths::ACCOUNT_DELETE => Ok(account::delete(state)),
        paths::ACCOUNT_EMAIL_VERIFY => account::email_code(state, by).await,
        paths::ACCOUNT_SECURITY => Ok(View::Security(security::load(state, by).await?)),
        paths::ACCOUNT_SECURITY_LOG => Ok(View::SecurityLog(security_log::page(state, uri, by).await?)),
        paths::ACCOUNT_SESSIONS => Ok(View::Sessions(sessions::load(state, by).await?)),
        paths::FROM_MAIL => Ok(View::EmailLinks(email_links::load(state, uri.query().unwrap_or_default()).await?)),
        // Filled in later from the session, the only place where the codes are.
        paths::RECOVERY_CODES => Ok(View::RecoveryCodes(RecoveryCodesView::default())),
        path if access_policy::policy_of(path) == AccessPolicy::Administrators => {
            Ok(View::Admin(admin::load(state, uri, by).await?))
        }
        _ => Ok(View::None),
    }
}
