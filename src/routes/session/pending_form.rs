//! Form values that wait in the session while the user confirms their password.

use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use tower_sessions::session::Error;

use super as sessions;
use crate::domain::{Notice, NoticeKind};
use crate::islands::{Feedback, Flash};
use crate::paths;

const PENDING_FORM: &str = "stash";
const PRESS_AGAIN: &str = "Thanks. Press the button again to continue.";

/// A form that was interrupted by the password confirmation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingForm {
    /// The form's action.
    pub form: String,
    /// The page with the form.
    pub page: String,
    /// Values of fields without secrets.
    pub values: Vec<(String, String)>,
    /// Whether the form needs a second factor too.
    #[serde(default)]
    pub second_factor: bool,
}

/// Stores a form until the user has confirmed their password.
pub async fn put(session: &Session, pending: &PendingForm) -> Result<(), Error> {
    session.insert(PENDING_FORM, pending).await
}

/// Whether the form that waits needs a second factor too.
pub async fn needs_second_factor(session: &Session) -> Result<bool, Error> {
    let pending: Option<PendingForm> = sessions::readable(session.get(PENDING_FORM).await)?;
    Ok(pending.is_some_and(|pending| pending.second_factor))
}

/// Takes the stored form as a flash message for its page, or one for the account page if no form is
/// stored. `more` is what else the user has to know.
pub async fn take(session: &Session, more: Option<Notice>) -> Result<Flash, Error> {
    let pending: Option<PendingForm> = sessions::readable(session.get(PENDING_FORM).await)?;
    session.remove_value(PENDING_FORM).await?;
    let PendingForm { form, page, values, .. } = pending.unwrap_or_default();
    let path = if page.is_empty() { paths::ACCOUNT.to_owned() } else { page };
    let notice = match more {
        Some(Notice { kind, text }) => Notice::new(kind, format!("{PRESS_AGAIN} {text}")),
        None => Notice::new(NoticeKind::Info, PRESS_AGAIN),
    };
    Ok(Flash { path, form, feedback: Feedback::default(), values, notice: Some(notice) })
}
