//! What each page shows, fetched before it is rendered.

mod code;
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

/// What the page at this path shows to this person.
///
/// # Errors
/// When there is nothing to show, or a fault.
pub async fn load(state: &AppState, path: &str, by: &Requester) -> Result<View, NotShown> {
    match path {
        paths::VERIFY => Ok(View::Verify(verify::load(state, by).await?)),
        paths::RECOVER_VERIFY => Ok(View::Recover(recover::load(state, by).await?)),
        _ => Ok(View::None),
    }
}
