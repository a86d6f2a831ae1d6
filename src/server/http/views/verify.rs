//! The registration that waits for its code.

use super::NotShown;
use crate::api::PendingView;
use crate::domain::Timestamp;
use crate::server::services::Requester;
use crate::server::state::AppState;

pub(super) async fn load(state: &AppState, by: &Requester) -> Result<PendingView, NotShown> {
    let pending = state.registration.pending(by.flow.as_ref()).await?.map_err(|ended| ended.into_done())?;
    let (now, limits) = (state.clock.now(), &state.config.limits);
    let millis = |until: Timestamp| u64::try_from(until.since(now).as_millis()).unwrap_or(0);
    Ok(PendingView {
        username: pending.registration.username.as_str().to_owned(),
        email: pending.registration.email.as_str().to_owned(),
        deadline: pending.code.expires_at,
        lifetime_ms: u64::try_from(limits.otp_lifetime.as_millis()).unwrap_or(u64::MAX),
        remaining_ms: millis(pending.code.expires_at),
        resend_in_ms: millis(pending.code.issued_at + limits.otp_resend_after),
        email_changes_left: limits.email_changes.saturating_sub(pending.registration.email_changes),
        needs_username: pending.registration.proven,
    })
}
