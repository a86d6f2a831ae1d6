//! What one request leaves for the next page, in the session and never in the URL.

use tower_sessions::{Expiry, Session};

use crate::api::Flash;
use crate::server::config::Config;
use crate::server::store::sessions::{SIGNED_IN, SignedIn};

const FLASH: &str = "flash";

type Result<T> = std::result::Result<T, tower_sessions::session::Error>;

/// Leaves `flash` for the page it names.
///
/// # Errors
/// When the session cannot be read.
pub async fn put(session: &Session, config: &Config, flash: &Flash) -> Result<()> {
    session.insert(FLASH, flash).await?;
    keep_lifetime(session, config).await
}

/// Takes what was left for `path`; what is meant for another page stays.
///
/// # Errors
/// When the session cannot be read.
pub async fn take(session: &Session, config: &Config, path: &str) -> Result<Flash> {
    let waiting: Option<Flash> = session.get(FLASH).await.unwrap_or_default();
    let Some(flash) = waiting.filter(|flash| flash.path == path) else { return Ok(Flash::default()) };
    if session.get::<SignedIn>(SIGNED_IN).await?.is_some() {
        session.remove_value(FLASH).await?;
        keep_lifetime(session, config).await?;
    } else {
        // A session that held nothing else has done its work.
        session.flush().await?;
    }
    Ok(flash)
}

/// A changed session sends its cookie again; that of a remembered one must
/// keep outliving the browser.
async fn keep_lifetime(session: &Session, config: &Config) -> Result<()> {
    let signed_in = session.get::<SignedIn>(SIGNED_IN).await?;
    session.set_expiry(Some(expiry(signed_in.is_some_and(|it| it.remember), config)));
    Ok(())
}

/// How long the session cookie lives: as long as the browser, unless it is to
/// be remembered.
#[must_use]
pub fn expiry(remember: bool, config: &Config) -> Expiry {
    match time::Duration::try_from(config.limits.session.remember) {
        Ok(lifetime) if remember => Expiry::OnInactivity(lifetime),
        _ => Expiry::OnSessionEnd,
    }
}
