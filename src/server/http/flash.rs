//! What one request leaves for the next page, in the session and never in the URL.

use tower_sessions::Session;

use super::session as sessions;
use crate::api::Flash;
use crate::server::config::Config;
use crate::server::services::Requester;
use crate::server::state::AppState;

/// The key under which a session keeps it.
pub const FLASH: &str = "flash";

type Result<T> = std::result::Result<T, tower_sessions::session::Error>;

/// Leaves `flash` for the page it names. `false` when it would take a new
/// session and too many began for this address prefix.
///
/// # Errors
/// When the session cannot be read.
pub async fn put(session: &Session, state: &AppState, by: &Requester, flash: &Flash) -> Result<bool> {
    if session.id().is_none() && session.is_empty().await && !state.newcomers.admit(by.prefix()) {
        return Ok(false);
    }
    session.insert(FLASH, flash).await?;
    keep_lifetime(session, &state.config).await?;
    Ok(true)
}

/// Takes what was left for the page at `path`, whatever it was asked for; what is
/// meant for another page stays.
///
/// # Errors
/// When the session cannot be read.
pub async fn take(session: &Session, config: &Config, path: &str) -> Result<Flash> {
    let waiting: Option<Flash> = session.get(FLASH).await.unwrap_or_default();
    let Some(flash) = waiting.filter(|flash| flash.path.split('?').next() == Some(path)) else {
        return Ok(Flash::default());
    };
    if sessions::signed_in(session).await?.is_some() || sessions::second_step(session).await?.is_some() {
        session.remove_value(FLASH).await?;
        keep_lifetime(session, config).await?;
    } else {
        // A session that held nothing else has done its work.
        sessions::end(session).await?;
    }
    Ok(flash)
}

/// A changed session sends its cookie again; that of a remembered one must
/// keep outliving the browser.
async fn keep_lifetime(session: &Session, config: &Config) -> Result<()> {
    let remember = sessions::signed_in(session).await?.is_some_and(|it| it.remember);
    session.set_expiry(Some(sessions::expiry(remember, config)));
    Ok(())
}
