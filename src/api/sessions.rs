//! The user's own sessions.

use leptos::prelude::*;

use super::ApiError;
use crate::domain::Timestamp;

/// The active sessions, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionsView {
    pub listed: Vec<SessionView>,
    /// Whether the list is complete.
    pub all: bool,
}

/// One of the user's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// The public id for ending it. It is not the session token.
    pub handle: String,
    /// "Firefox on Linux"
    pub device: String,
    /// The IP address at sign-in.
    pub address: String,
    pub began_at: Timestamp,
    pub last_seen_at: Timestamp,
    /// Whether it is the session that sent the request.
    pub this_one: bool,
}

/// Ends a session. Signs out if it is this one.
///
/// # Errors
/// A message if the session does not exist.
#[server(prefix = "", endpoint = "account/sessions/end")]
pub async fn end_session(#[server(default)] session: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/sessions/end")?;
    let outcome = post.state.session_manager.end(&session, &post.requester).await;
    post.answer_revoked(outcome).await
}

/// Ends all other sessions.
#[server(prefix = "", endpoint = "account/sessions/end-others")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/account/sessions/end-others")?;
    let outcome = post.state.session_manager.end_others(&post.requester).await;
    post.answer_with_version(outcome).await
}
