//! The links in emails.

use leptos::prelude::*;

use super::{ApiError, Secret};

/// Carries out the link's action, once. A link that no longer works leads to its
/// page, which says so.
#[server(prefix = "", endpoint = "from-mail")]
pub async fn from_mail(#[server(default)] token: Secret) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/from-mail")?;
    match post.state.email_links.follow(token.expose(), &post.requester).await {
        Ok(used) if used.ends_own_session => post.answer_signed_out(Ok(used.next)).await,
        outcome => post.answer(outcome.map(|used| used.next)).await,
    }
}
