//! What a person typed into a form that first asks for the password again: it
//! waits in the session until they have given it.

use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use tower_sessions::session::Error;

use super::session as sessions;
use crate::api::{Feedback, Flash};
use crate::domain::{Notice, NoticeKind};
use crate::paths;

const STASH: &str = "stash";
const GO_ON: &str = "Thanks. Press the button again to continue.";

/// A form that was left for the password's page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stash {
    /// The form's action.
    pub form: String,
    /// The page that holds it.
    pub page: String,
    /// Harmless values as they were typed.
    pub values: Vec<(String, String)>,
}

/// Keeps a form until the password was given.
///
/// # Errors
/// When the session cannot be read.
pub async fn put(session: &Session, stash: &Stash) -> Result<(), Error> {
    session.insert(STASH, stash).await
}

/// Takes the form back out, as what its page begins with; the account's page
/// when there is none.
///
/// # Errors
/// When the session cannot be read.
pub async fn take(session: &Session) -> Result<Flash, Error> {
    let stash: Option<Stash> = sessions::readable(session.get(STASH).await)?;
    session.remove_value(STASH).await?;
    let Stash { form, page, values } = stash.unwrap_or_default();
    let path = if page.is_empty() { paths::ACCOUNT.to_owned() } else { page };
    let notice = Some(Notice::new(NoticeKind::Info, GO_ON));
    Ok(Flash { path, form, feedback: Feedback::default(), values, notice })
}
