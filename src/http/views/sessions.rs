//! The sessions of the signed-in user.

use super::LoadError;
use crate::api::{SessionView, SessionsView};
use crate::domain::Timestamp;
use crate::services::session_manager::LISTED;
use crate::services::{RequestContext, describe_user_agent};
use crate::state::AppState;

pub(super) async fn load(state: &AppState, by: &RequestContext) -> Result<SessionsView, LoadError> {
    let this_one = by.member.as_ref().map(|member| member.session);
    let live = state.session_manager.live(by).await?;
    let listed = live.into_iter().map(|session| {
        let signed_in = session.signed_in;
        SessionView {
            handle: signed_in.handle.to_string(),
            device: describe_user_agent(&signed_in.user_agent),
            address: signed_in.ip,
            began_at: Timestamp(signed_in.at),
            last_seen_at: session.last_seen_at,
            this_one: Some(signed_in.handle) == this_one,
        }
    });
    let listed: Vec<_> = listed.collect();
    let all = u64::try_from(listed.len()).is_ok_and(|listed| listed < LISTED);
    Ok(SessionsView { listed, all })
}
