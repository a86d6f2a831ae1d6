//! The beginning and the end of a session.

use tower_sessions::session::Error;
use tower_sessions::{Expiry, Session};

use crate::server::config::Config;
use crate::server::store::sessions::{SECOND_STEP, SIGNED_IN, SecondStep, SignedIn};

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

/// Begins the wait for a second step, under a new id.
///
/// # Errors
/// When the database does not answer.
pub async fn begin_second_step(session: &Session, second_step: &SecondStep) -> Result<(), Error> {
    end(session).await?;
    session.insert(SECOND_STEP, second_step).await?;
    session.set_expiry(Some(Expiry::OnSessionEnd));
    Ok(())
}

/// Puts what changed about a session that goes on into it; `renew` gives it
/// another id, under which it is as old as before.
///
/// # Errors
/// When the database does not answer.
pub async fn change(session: &Session, config: &Config, signed_in: &SignedIn, renew: bool) -> Result<(), Error> {
    session.insert(SIGNED_IN, signed_in).await?;
    if renew {
        session.cycle_id().await?;
    }
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

/// Who is signed in.
///
/// # Errors
/// When the database does not answer.
pub async fn signed_in(session: &Session) -> Result<Option<SignedIn>, Error> {
    readable(session.get(SIGNED_IN).await)
}

/// Whose second step is due.
///
/// # Errors
/// When the database does not answer.
pub async fn second_step(session: &Session) -> Result<Option<SecondStep>, Error> {
    readable(session.get(SECOND_STEP).await)
}

/// What another version wrote and this one cannot read is not there.
///
/// # Errors
/// When the database does not answer.
pub fn readable<T>(read: Result<Option<T>, Error>) -> Result<Option<T>, Error> {
    match read {
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
