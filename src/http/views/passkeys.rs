//! The passkeys of the signed-in user.

use crate::api::{ConfirmView, PasskeyView};
use crate::services::{RequestContext, ServiceError};
use crate::state::AppState;
use crate::store::passkeys::StoredPasskey;

pub(super) async fn list(state: &AppState, by: &RequestContext) -> Result<Vec<PasskeyView>, ServiceError> {
    Ok(state.passkeys.list(by).await?.into_iter().map(view).collect())
}

pub(super) async fn confirm(state: &AppState, by: &RequestContext) -> Result<ConfirmView, ServiceError> {
    let has_passkey = state.passkeys.relying_party.is_some() && !state.passkeys.list(by).await?.is_empty();
    Ok(ConfirmView { has_passkey })
}

fn view(passkey: StoredPasskey) -> PasskeyView {
    PasskeyView {
        id: passkey.id.to_string(),
        name: passkey.name.as_str().to_owned(),
        created_at: passkey.created_at,
        last_used_at: passkey.last_used_at,
    }
}
