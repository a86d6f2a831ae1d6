//! The beginning and the end of a session.

use tower_sessions::session::Error;
use tower_sessions::{Expiry, Session};

use crate::server::config::Config;
use crate::server::store::sessions::{SIGNED_IN, SignedIn};

/// Begins a session under a new id, so that nobody can have planted it
/// (ASVS 5.0, V7.2.4). What an anonymous one held is dropped.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(session: &Session, config: &Config, signed_in: &SignedIn) -> Result<(), Error> {
    end(session).await?;
    session.insert(SIGNED_IN, signed_in).await?;
    session.set_expiry(Some(expiry(signed_in.remember, config)));
    Ok(())
}

/// Ends a session: its row goes now, its cookie with the answer. What the same
/// request may still leave gets another id: `flush` alone would keep the old.
///
/// # Errors
/// When the database does not answer.
pub async fn end(session: &Session) -> Result<(), Error> {
    if session.id().is_some() {
        session.clear().await;
        session.cycle_id().await?;
    }
    Ok(())
}

/// Who is signed in. What another version wrote and this one cannot read is nobody.
///
/// # Errors
/// When the database does not answer.
pub async fn signed_in(session: &Session) -> Result<Option<SignedIn>, Error> {
    match session.get(SIGNED_IN).await {
        Err(Error::SerdeJson(_)) => Ok(None),
        read => read,
    }
}

/// How long the cookie lives: as long as the browser, unless it is to be remembered.
#[must_use]
pub fn expiry(remember: bool, config: &Config) -> Expiry {
    match time::Duration::try_from(config.limits.session.remember) {
        Ok(lifetime) if remember => Expiry::OnInactivity(lifetime),
        _ => Expiry::OnSessionEnd,
    }
}
