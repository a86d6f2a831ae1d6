//! The state of the registration page: closed, invitation only, or the form.

use super::LoadError;
use crate::api::RegisterView;
use crate::domain::RegistrationMode;
use crate::paths;
use crate::crypto::FlowToken;
use crate::services::{Flow, FlowChange, NextStep, RequestContext};
use crate::state::AppState;

/// Stores the token of an invitation link in a cookie and redirects to the page without it, so that
/// the token does not stay in the address bar and the browser history.
pub(super) async fn load(state: &AppState, query: &str, by: &RequestContext) -> Result<RegisterView, LoadError> {
    let mode = state.config.registration.mode;
    if mode == RegistrationMode::Closed {
        return Ok(RegisterView::Closed);
    }
    let token = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == paths::INVITATION);
    if let Some((_, token)) = &token {
        if token.is_empty() {
            return Err(NextStep::go(paths::REGISTER).with_flow(FlowChange::End(Flow::Invitation)).into());
        }
        let token = FlowToken::parse(token);
        if let Some(token) = token
            && state.registration.invited_email(&token).await?.is_some()
        {
            return Err(NextStep::go(paths::REGISTER).with_flow(FlowChange::Begin(Flow::Invitation, token)).into());
        }
    }
    let invited_email = match &by.invitation {
        Some(token) => state.registration.invited_email(token).await?,
        None => None,
    };
    let invitation_invalid = token.is_some() || by.invitation.is_some();
    Ok(match (mode, invited_email) {
        (RegistrationMode::Invitation, None) => RegisterView::InvitedOnly { invitation_invalid },
        (_, invited_email) => {
            RegisterView::Form { invited_email: invited_email.map(|email| email.as_str().to_owned()) }
        }
    })
}
