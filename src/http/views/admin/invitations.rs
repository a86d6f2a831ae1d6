//! `/admin/invitations`.

use std::collections::HashMap;

use axum::http::Uri;
use uuid::Uuid;

use super::query::Query;
use crate::api::admin::{InvitationState, InvitationView, InvitationsView};
use crate::domain::Timestamp;
use crate::http::views::LoadError;
use crate::services::RequestContext;
use crate::services::admin::InvitationsPage;
use crate::state::AppState;
use crate::store::invitations::{Ending, Invitation};

/// Loads the page of the invitations that the query selects.
pub(super) async fn load(state: &AppState, uri: &Uri, by: &RequestContext) -> Result<InvitationsView, LoadError> {
    let query = Query::of(uri);
    let address = query.word("address");
    let InvitationsPage { page, names } = state.admin.invitations(address, query.place(), by).await?;
    let neighbours = query.neighbours(&page, |invitation| invitation.id.to_string());
    let now = state.clock.now();
    Ok(InvitationsView {
        address: address.to_owned(),
        invitations: page.rows.into_iter().map(|invitation| view(invitation, &names, now)).collect(),
        neighbours,
    })
}

fn view(invitation: Invitation, names: &HashMap<Uuid, String>, now: Timestamp) -> InvitationView {
    let name = invitation.invited_by.and_then(|id| names.get(&id));
    let state = match invitation.ending {
        Some(Ending::Used) => InvitationState::Used,
        Some(Ending::Revoked) => InvitationState::Revoked,
        None if invitation.waits(now) => InvitationState::Waiting,
        None => InvitationState::Expired,
    };
    InvitationView {
        id: invitation.id.to_string(),
        address: invitation.email.as_str().to_owned(),
        invited_by: name.cloned().unwrap_or_else(|| "Deleted account".to_owned()),
        sent_at: invitation.created_at,
        expires_at: invitation.expires_at,
        state,
    }
}
