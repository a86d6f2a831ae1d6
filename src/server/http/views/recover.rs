//! The account recovery that waits for its code.

use super::{NotShown, code};
use crate::api::CodeView;
use crate::server::services::Requester;
use crate::server::services::recovery::Ended;
use crate::server::state::AppState;

pub(super) async fn load(state: &AppState, by: &Requester) -> Result<CodeView, NotShown> {
    let issued = state.recovery.pending(by).await?.map_err(Ended::into_done)?;
    Ok(code::view(state, &issued))
}
