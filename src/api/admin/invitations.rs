//! Listing, sending and revoking invitations.

use leptos::prelude::*;

use super::Neighbours;
use crate::islands::ApiError;
use crate::domain::Timestamp;

/// A page of the list, newest invitation first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationsView {
    /// The active filter, as in the URL; empty for none.
    pub address: String,
    pub invitations: Vec<InvitationView>,
    pub neighbours: Neighbours,
}

/// An invitation in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationView {
    /// The public id for revoking it. It is not the token of its link.
    pub id: String,
    pub address: String,
    pub invited_by: String,
    pub sent_at: Timestamp,
    pub expires_at: Timestamp,
    pub state: InvitationState,
}

/// The state of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    Waiting,
    Used,
    Expired,
    Revoked,
}

impl InvitationState {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Pending",
            Self::Used => "Used",
            Self::Expired => "Expired",
            Self::Revoked => "Revoked",
        }
    }
}

/// Emails an invitation to register.
///
/// # Errors
/// A message for `email`.
#[server(prefix = "", endpoint = "admin/invitations/send")]
pub async fn invite(#[server(default)] email: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/admin/invitations/send")?.keep("email", &email);
    let outcome = post.state.admin.invite(&email, &post.requester).await;
    post.answer(outcome).await
}

/// Revokes an invitation.
///
/// # Errors
/// A message if it is no longer pending.
#[server(prefix = "", endpoint = "admin/invitations/revoke")]
pub async fn revoke_invitation(#[server(default)] id: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/admin/invitations/revoke")?;
    let outcome = post.state.admin.revoke_invitation(&id, &post.requester).await;
    post.answer(outcome).await
}
