//! Loads the data of each page before it is rendered.

mod account;
pub(super) mod admin;
mod code;
mod from_mail;
mod recover;
mod register;
pub mod security_log;
mod sessions;
mod verify;

use axum::http::Uri;

mod passkeys;
mod security;
use super::audience::{self, Audience};
use crate::api::{RecoveryCodesView, View};
use crate::paths;
use crate::server::services::outcome::Fault;
use crate::server::services::{Done, Requester, ServiceError};
use crate::server::state::AppState;

/// Why a page is not shown to a user who may open it.
#[derive(Debug)]
pub enum NotShown {
    /// Nothing to show; redirect instead.
    Elsewhere(Box<Done>),
    /// Not found, or not for this user to know about.
    NotThere,
    Fault(Fault),
}

impl From<Fault> for NotShown {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Done> for NotShown {
    fn from(done: Done) -> Self {
        Self::Elsewhere(Box::new(done))
    }
}

impl From<ServiceError> for NotShown {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Fault(fault) => Self::Fault(fault),
            ServiceError::NotThere => Self::NotThere,
            // The session ended after the request was authenticated.
            _ => Done::go(paths::LOGIN).into(),
        }
    }
}

/// Loads the data of the page at this URL.
///
/// # Errors
/// A redirect or 404 when the page has nothing to show, or an internal error.
pub async fn load(state: &AppState, uri: &Uri, by: &Requester) -> Result<View, NotShown> {
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
        paths::FROM_MAIL => Ok(View::FromMail(from_mail::load(state, uri.query().unwrap_or_default()).await?)),
        // Filled in later from the session, the only place where the codes are.
        paths::RECOVERY_CODES => Ok(View::RecoveryCodes(RecoveryCodesView::default())),
        path if audience::of(path) == Audience::Administrators => Ok(View::Admin(admin::load(state, uri, by).await?)),
        _ => Ok(View::None),
    }
}
