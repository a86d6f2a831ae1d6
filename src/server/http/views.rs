//! What each page shows, fetched before it is rendered.

mod account;
mod code;
mod from_mail;
mod recover;
mod verify;

use crate::api::View;
use crate::paths;
use crate::server::services::outcome::Fault;
use crate::server::services::{Done, Requester, ServiceError};
use crate::server::state::AppState;

/// Why a page is not shown to somebody who may see it.
#[derive(Debug)]
pub enum NotShown {
    /// There is nothing to show, and this is where to go.
    Elsewhere(Box<Done>),
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
            // The session has ended since the request came in.
            _ => Done::go(paths::LOGIN).into(),
        }
    }
}

/// What the page at this path, with this query, shows to this person.
///
/// # Errors
/// When there is nothing to show, or a fault.
pub async fn load(state: &AppState, path: &str, query: &str, by: &Requester) -> Result<View, NotShown> {
    match path {
        paths::VERIFY => Ok(View::Verify(verify::load(state, by).await?)),
        paths::RECOVER_VERIFY => Ok(View::Recover(recover::load(state, by).await?)),
        paths::ACCOUNT => account::overview(state, by).await,
        paths::ACCOUNT_EMAIL_VERIFY => account::email_code(state, by).await,
        paths::ACCOUNT_DELETE => Ok(account::delete(state)),
        paths::FROM_MAIL => Ok(View::FromMail(from_mail::load(state, query).await?)),
        _ => Ok(View::None),
    }
}
