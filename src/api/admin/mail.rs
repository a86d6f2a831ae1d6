//! The view of the outbox, and its actions.

use leptos::prelude::*;

use super::Neighbours;
use crate::islands::ApiError;
use crate::domain::Timestamp;

/// A page of the outbox and its history, newest email first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailView {
    /// The active filters, as in the URL; empty for none.
    pub state: String,
    pub kind: String,
    /// The options with their values and labels.
    pub states: Vec<(String, String)>,
    pub kinds: Vec<(String, String)>,
    pub mails: Vec<QueuedMailView>,
    pub neighbours: Neighbours,
}

impl MailView {
    /// Whether a filter is active.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        !self.state.is_empty() || !self.kind.is_empty()
    }
}

/// An email without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMailView {
    pub id: String,
    /// The label of its kind.
    pub kind: String,
    /// The masked email address.
    pub recipient: String,
    /// The label of its state.
    pub state: &'static str,
    pub attempts: i32,
    pub error: String,
    pub created_at: Timestamp,
    /// The time of the next attempt, while it is queued.
    pub next_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    pub may_retry: bool,
    pub may_drop: bool,
}

/// Queues a failed email again.
///
/// # Errors
/// A message if it can no longer be sent.
#[server(prefix = "", endpoint = "admin/mail/retry")]
pub async fn retry_mail(#[server(default)] mail: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/admin/mail/retry")?;
    let outcome = post.state.admin.retry_mail(&mail, &post.requester).await;
    post.answer(outcome).await
}

/// Cancels a queued email.
///
/// # Errors
/// A message if it is not queued.
#[server(prefix = "", endpoint = "admin/mail/drop")]
pub async fn drop_mail(#[server(default)] mail: String) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/admin/mail/drop")?;
    let outcome = post.state.admin.drop_mail(&mail, &post.requester).await;
    post.answer(outcome).await
}

/// Sends a test email to the administrator.
///
/// # Errors
/// A message if another one was sent recently.
#[server(prefix = "", endpoint = "admin/mail/test")]
pub async fn send_test_mail() -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/admin/mail/test")?;
    let outcome = post.state.admin.send_test_mail(&post.requester).await;
    post.answer(outcome).await
}
