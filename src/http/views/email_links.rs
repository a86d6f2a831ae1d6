//! What the link in an email will do.

use super::LoadError;
use crate::api::{EmailLinkAction, EmailLinkView};
use crate::state::AppState;
use crate::store::mail_links::LinkPurpose;

pub(super) async fn load(state: &AppState, query: &str) -> Result<Option<EmailLinkView>, LoadError> {
    let token = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token");
    let Some((_, token)) = token else { return Ok(None) };
    let purpose = state.email_links.find_purpose(&token).await?;
    Ok(purpose.map(|purpose| {
        let action = match purpose {
            LinkPurpose::EndSession => EmailLinkAction::EndSession,
            LinkPurpose::UndoEmailChange => EmailLinkAction::UndoEmailChange,
            LinkPurpose::KeepAccount => EmailLinkAction::KeepAccount,
        };
        EmailLinkView { token: token.into_owned(), action }
    }))
}
