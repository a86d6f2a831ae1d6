//! The account recovery that waits for its code.

use super::{LoadError, code};
use crate::api::CodeView;
use crate::services::RequestContext;
use crate::services::recovery::RecoveryEnded;
use crate::state::AppState;

pub(super) async fn load(state: &AppState, by: &RequestContext) -> Result<CodeView, LoadError> {
    let issued = state.recovery.pending(by).await?.map_err(RecoveryEnded::into_next_step)?;
    Ok(code::view(state, &issued))
}
