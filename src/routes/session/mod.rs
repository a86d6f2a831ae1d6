//! Starting, changing and ending sessions.

pub mod cookies;
pub mod flash;
pub mod one_time_secrets;
pub mod pending_form;

use tower_sessions::session::Error;
use tower_sessions::{Expiry, Session};

use crate::config::Config;
use crate::store::sessions::{SECOND_STEP, SIGNED_IN, SecondStep, SignedIn};

/// Starts a signed-in session under a new ID, which prevents session fixation (ASVS 5.0, V7.2.4).
/// The data of an anonymous session is dropped.
pub async fn begin(session: &Session, config: &Config, signed_in: &SignedIn) -> Result<(), Error> {
    end(session).await?;
    session.insert(SIGNED_IN, signed_in).await?;
    session.set_expiry(Some(expiry(signed_in.remember, config)));
    Ok(())
}

/// Starts a session that waits for the second step, under a new ID.
pub async fn begin_second_step(session: &Session, second_step: &SecondStep) -> Result<(), Error> {
    end(session).await?;
    session.insert(SECOND_STEP, second_step).await?;
    session.set_expiry(Some(Expiry::OnSessionEnd));
    Ok(())
}

/// Updates a signed-in session. With `renew` it gets a new ID but keeps its age.
pub async fn change(session: &Session, config: &Config, signed_in: &SignedIn, renew: bool) -> Result<(), Error> {
    session.insert(SIGNED_IN, signed_in).await?;
    if renew {
        session.cycle_id().await?;
    }
    session.set_expiry(Some(expiry(signed_in.remember, config)));
    Ok(())
}

/// Ends a session: deletes its row now and its cookie with the response. Data that the same request
/// stores afterwards gets a new ID; `flush` alone would keep the old one.
pub async fn end(session: &Session) -> Result<(), Error> {
    if session.id().is_some() {
        session.clear().await;
        session.cycle_id().await?;
    }
    Ok(())
}

/// Returns the signed-in state of the session.
pub async fn signed_in(session: &Session) -> Result<Option<SignedIn>, Error> {
    readable(session.get(SIGNED_IN).await)
}

/// Returns the pending second step of the session.
pub async fn second_step(session: &Session) -> Result<Option<SecondStep>, Error> {
    readable(session.get(SECOND_STEP).await)
}

/// Treats data that another version wrote and this one cannot parse as absent.
pub fn readable<T>(read: Result<Option<T>, Error>) -> Result<Option<T>, Error> {
    match read {
        Err(Error::SerdeJson(_)) => Ok(None),
        read => read,
    }
}

/// Returns the lifetime of the cookie: until the browser closes, or longer with "stay signed in".
#[must_use]
pub fn expiry(remember: bool, config: &Config) -> Expiry {
    match time::Duration::try_from(config.limits.session.remember) {
        Ok(lifetime) if remember => Expiry::OnInactivity(lifetime),
        _ => Expiry::OnSessionEnd,
    }
}
