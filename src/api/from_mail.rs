//! Links in mails.

use leptos::prelude::*;

use super::{ApiError, Secret};

/// Does what the link is for, once.
///
/// # Errors
/// Only a fault: a link that is good for nothing any more leads to its page.
#[server(prefix = "", endpoint = "from-mail")]
pub async fn from_mail(#[server(default)] token: Secret) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/from-mail")?;
    match post.state.from_mail.act(token.expose(), &post.requester).await {
        Ok(deed) if deed.ends_own_session => post.answer_signed_out(Ok(deed.done)).await,
        outcome => post.answer(outcome.map(|deed| deed.done)).await,
    }
}
