//! The outbox as administrators see it, and what they do to it.

use leptos::prelude::*;

use super::Neighbours;
use crate::api::ApiError;
use crate::domain::Timestamp;

/// A page of the queue and its history, the newest mail first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailView {
    /// The filters in force, as they stand in the URL; empty for none.
    pub state: String,
    pub kind: String,
    /// What can be chosen: each with its value and its words.
    pub states: Vec<(String, String)>,
    pub kinds: Vec<(String, String)>,
    pub mails: Vec<QueuedMailView>,
    pub neighbours: Neighbours,
}

impl MailView {
    /// Whether something is left out.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        !self.state.is_empty() || !self.kind.is_empty()
    }
}

/// One mail, without what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMailView {
    pub id: String,
    /// In words.
    pub kind: String,
    /// With most of it masked.
    pub recipient: String,
    /// In words.
    pub state: &'static str,
    pub attempts: i32,
    pub error: String,
    pub created_at: Timestamp,
    /// When it is tried next, while it waits.
    pub next_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    pub may_retry: bool,
    pub may_drop: bool,
}

/// Tries a mail again that was given up.
///
/// # Errors
/// A message when it cannot be sent any more.
#[server(prefix = "", endpoint = "admin/mail/retry")]
pub async fn retry_mail(#[server(default)] mail: String) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/admin/mail/retry")?;
    let outcome = post.state.administration.retry_mail(&mail, &post.requester).await;
    post.answer(outcome).await
}

/// Takes a mail that waits out of the queue.
///
/// # Errors
/// A message when it does not wait.
#[server(prefix = "", endpoint = "admin/mail/drop")]
pub async fn drop_mail(#[server(default)] mail: String) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/admin/mail/drop")?;
    let outcome = post.state.administration.drop_mail(&mail, &post.requester).await;
    post.answer(outcome).await
}

/// Sends a mail to the administrator's own address.
///
/// # Errors
/// A message when another one was just sent.
#[server(prefix = "", endpoint = "admin/mail/test")]
pub async fn send_test_mail() -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/admin/mail/test")?;
    let outcome = post.state.administration.send_test_mail(&post.requester).await;
    post.answer(outcome).await
}
