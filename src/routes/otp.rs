//! The countdown of a pending code, and whether its email is on its way.

use crate::domain::Timestamp;
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::otps::Issued;
use crate::store::outbox;
use crate::ui::CodeView;

pub async fn view(state: &AppState, code: &Issued) -> Result<CodeView, StoreError> {
    let delivery = outbox::delivery(state.store.reader(), code.id).await?;
    let (now, limits) = (state.clock.now(), &state.config.limits);
    let millis = |until: Timestamp| u64::try_from(until.since(now).as_millis()).unwrap_or(0);
    Ok(CodeView {
        delivery,
        deadline: code.expires_at,
        lifetime_ms: u64::try_from(limits.otp_lifetime.as_millis()).unwrap_or(u64::MAX),
        remaining_ms: millis(code.expires_at),
        resend_in_ms: millis(code.issued_at + limits.otp_resend_after),
        is_long: code.is_long,
    })
}
