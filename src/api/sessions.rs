//! A person's own sessions.

use leptos::prelude::*;

use super::ApiError;
use crate::domain::Timestamp;

/// The sessions that count, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionsView {
    pub listed: Vec<SessionView>,
    /// Whether that is all of them.
    pub all: bool,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// The name by which it can be ended; it opens nothing.
    pub handle: String,
    /// "Firefox on Linux"
    pub device: String,
    /// The address it was begun from.
    pub address: String,
    pub began_at: Timestamp,
    pub last_seen_at: Timestamp,
    /// The one that asks.
    pub this_one: bool,
}

/// Ends one session; signs out when it is this one.
///
/// # Errors
/// A message when there is no such session.
#[server(prefix = "", endpoint = "account/sessions/end")]
pub async fn end_session(#[server(default)] session: String) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/sessions/end")?;
    let outcome = post.state.own_sessions.end(&session, &post.requester).await;
    post.answer_ending(outcome).await
}

/// Ends every session but this one.
///
/// # Errors
/// Only a fault.
#[server(prefix = "", endpoint = "account/sessions/end-others")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/account/sessions/end-others")?;
    let outcome = post.state.own_sessions.end_others(&post.requester).await;
    post.answer_in_epoch(outcome).await
}
