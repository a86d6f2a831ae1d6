//! The account recovery that waits for its code.

use super::{LoadError, code};
use crate::api::CodeView;
use crate::server::services::RequestContext;
use crate::server::services::recovery::RecoveryEnded;
use crate::server::state::AppState;

pub(super) async fn load(state: &AppState, by: &RequestContext) -> Result<CodeView, LoadError> {
    let issued = state.recovery.pending(by).await?.map_err(RecoveryEnded::into_next_step)?;
    Ok(code::view(state, &issued))
}
