//! Messages from one request to the next page, kept in the session and never in the URL.

use tower_sessions::Session;

use super as sessions;
use crate::config::Config;
use crate::islands::Flash;
use crate::services::RequestContext;
use crate::state::AppState;

/// The session key of the flash message.
pub const FLASH: &str = "flash";

type Result<T> = std::result::Result<T, tower_sessions::session::Error>;

/// Stores `flash` for the page it names. Returns `false` if that would start a new session and the
/// IP prefix has already started too many.
pub async fn put(session: &Session, state: &AppState, by: &RequestContext, flash: &Flash) -> Result<bool> {
    if session.id().is_none() && session.is_empty().await && !state.anonymous_sessions.admit(by.prefix()) {
        return Ok(false);
    }
    session.insert(FLASH, flash).await?;
    keep_lifetime(session, &state.config).await?;
    Ok(true)
}

/// Takes the flash message for the page at `path`, ignoring the query. A message for another page stays.
pub async fn take(session: &Session, config: &Config, path: &str) -> Result<Flash> {
    let waiting: Option<Flash> = session.get(FLASH).await.unwrap_or_default();
    let Some(flash) = waiting.filter(|flash| flash.path.split('?').next() == Some(path)) else {
        return Ok(Flash::default());
    };
    if sessions::signed_in(session).await?.is_some() || sessions::second_step(session).await?.is_some() {
        session.remove_value(FLASH).await?;
        keep_lifetime(session, config).await?;
    } else {
        // An anonymous session existed only for this message.
        sessions::end(session).await?;
    }
    Ok(flash)
}

/// Keeps the cookie persistent for users who chose to stay signed in: a changed session sends its
/// cookie again, which would otherwise become a session cookie.
async fn keep_lifetime(session: &Session, config: &Config) -> Result<()> {
    let remember = sessions::signed_in(session).await?.is_some_and(|it| it.remember);
    session.set_expiry(Some(sessions::expiry(remember, config)));
    Ok(())
}
