//! `/admin/mail`.

use axum::http::Uri;

use super::query::Query;
use crate::api::admin::{MailView, QueuedMailView};
use crate::domain::Timestamp;
use crate::http::views::LoadError;
use crate::mail::kinds;
use crate::services::RequestContext;
use crate::services::admin::MailQuery;
use crate::state::AppState;
use crate::store::outbox::{MailState, Queued};

/// Loads the page of the outbox that the query selects.
pub(super) async fn load(state: &AppState, uri: &Uri, by: &RequestContext) -> Result<MailView, LoadError> {
    let query = Query::of(uri);
    let asked = MailQuery { state: query.word("state"), kind: query.word("kind") };
    let page = state.admin.mail_queue(asked, query.place(), by).await?;
    let now = state.clock.now();
    Ok(MailView {
        state: asked.state.to_owned(),
        kind: asked.kind.to_owned(),
        states: MailState::ALL.iter().map(|it| (it.as_str().to_owned(), label(*it).to_owned())).collect(),
        kinds: kinds::KINDS.iter().map(|(kind, words)| ((*kind).to_owned(), (*words).to_owned())).collect(),
        neighbours: query.neighbours(&page, |mail| mail.id.to_string()),
        mails: page.rows.into_iter().map(|mail| view(mail, now)).collect(),
    })
}

fn view(mail: Queued, now: Timestamp) -> QueuedMailView {
    let live = mail.expires_at.is_none_or(|end| end > now);
    QueuedMailView {
        id: mail.id.to_string(),
        kind: kinds::label(&mail.kind).to_owned(),
        recipient: mail.recipient_masked,
        state: label(mail.state),
        attempts: mail.attempts,
        error: mail.last_error.unwrap_or_default(),
        created_at: mail.created_at,
        next_at: (mail.state == MailState::Waiting).then_some(mail.next_attempt_at),
        sent_at: mail.sent_at,
        may_retry: mail.state == MailState::Failed && mail.kept && live,
        may_drop: mail.state == MailState::Waiting,
    }
}

fn label(state: MailState) -> &'static str {
    match state {
        MailState::Waiting => "Queued",
        MailState::Sent => "Sent",
        MailState::Failed => "Failed",
        MailState::Expired => "Expired before sending",
        MailState::Dropped => "Canceled by an administrator",
    }
}
