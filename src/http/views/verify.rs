//! The registration that waits for its code.

use super::{LoadError, code};
use crate::api::PendingView;
use crate::domain::RegistrationMode;
use crate::services::RequestContext;
use crate::services::flow::RegistrationEnded;
use crate::state::AppState;

pub(super) async fn load(state: &AppState, by: &RequestContext) -> Result<PendingView, LoadError> {
    let pending = state.registration.pending(by.flow.as_ref()).await?.map_err(RegistrationEnded::into_next_step)?;
    Ok(PendingView {
        username: pending.registration.username.as_str().to_owned(),
        email: pending.registration.email.as_str().to_owned(),
        code: code::view(state, &pending.code),
        email_changes_left: state.config.limits.email_changes.saturating_sub(pending.registration.email_changes),
        address_fixed: state.config.registration.mode == RegistrationMode::Invitation,
        needs_username: pending.registration.proven,
    })
}
