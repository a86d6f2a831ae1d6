//! What the link in an email will do.

use super::NotShown;
use crate::api::{FromMailView, MailDeed};
use crate::server::state::AppState;
use crate::server::store::mail_links::LinkPurpose;

pub(super) async fn load(state: &AppState, query: &str) -> Result<Option<FromMailView>, NotShown> {
    let token = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token");
    let Some((_, token)) = token else { return Ok(None) };
    let purpose = state.from_mail.look(&token).await?;
    Ok(purpose.map(|purpose| {
        let deed = match purpose {
            LinkPurpose::EndSession => MailDeed::EndSession,
            LinkPurpose::UndoEmailChange => MailDeed::UndoEmailChange,
            LinkPurpose::KeepAccount => MailDeed::KeepAccount,
        };
        FromMailView { token: token.into_owned(), deed }
    }))
}
