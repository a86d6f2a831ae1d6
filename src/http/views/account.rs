//! Data of the `/account` pages.

use super::{LoadError, code};
use crate::api::View;
use crate::limits::DAY;
use crate::services::RequestContext;
use crate::state::AppState;

/// `/account`.
pub(super) async fn overview(state: &AppState, by: &RequestContext) -> Result<View, LoadError> {
    let pending = state.account_settings.pending_email_change(by).await?.ok();
    Ok(View::Account(pending.map(|pending| pending.change.email.as_str().to_owned())))
}

/// `/account/email/verify`.
pub(super) async fn email_code(state: &AppState, by: &RequestContext) -> Result<View, LoadError> {
    let pending = state.account_settings.pending_email_change(by).await??;
    Ok(View::EmailCode(pending.change.email.as_str().to_owned(), code::view(state, &pending.code)))
}

/// `/account/delete`.
pub(super) fn delete(state: &AppState) -> View {
    View::Delete { days: state.config.limits.deletion_grace.as_secs() / DAY.as_secs() }
}
