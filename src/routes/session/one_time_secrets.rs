//! Recovery codes between the request that generates them and the page that shows them once. They
//! are encrypted in the session and deleted when the page reads them.

use axum::http::Method;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use tower_sessions::Session;
use tower_sessions::session::Error;
use uuid::Uuid;
use zeroize::Zeroizing;

use super as sessions;
use crate::domain::RecoveryCode;
use crate::routes::page::PageRequest;
use crate::state::AppState;

const CODES: &str = "recovery_codes";

/// Stores codes for the page that shows them, bound to the session with this `handle`.
pub async fn put(session: &Session, state: &AppState, handle: Uuid, codes: &[RecoveryCode]) -> Result<(), Error> {
    let lines: Vec<_> = codes.iter().map(RecoveryCode::in_groups).collect();
    store(session, state, handle, lines).await
}

/// Stores the code that replaces a used one. Codes that the user has not seen yet stay.
pub async fn add(session: &Session, state: &AppState, handle: Uuid, code: Option<RecoveryCode>) -> Result<(), Error> {
    let Some(code) = code else { return Ok(()) };
    let mut lines = waiting(session, state, handle).await?;
    lines.push(code.in_groups());
    store(session, state, handle, lines).await
}

async fn store(session: &Session, state: &AppState, handle: Uuid, lines: Vec<String>) -> Result<(), Error> {
    let lines = Zeroizing::new(lines.join("\n"));
    match state.one_time_secrets.seal(handle, lines.as_bytes()) {
        Ok(sealed) => session.insert(CODES, BASE64_STANDARD_NO_PAD.encode(sealed)).await,
        // Too long for the cipher, which a few codes never are. The page then explains how to make
        // new ones.
        Err(_) => Ok(()),
    }
}

/// Whether there are codes that the user has not seen yet.
pub async fn any(session: &Session) -> Result<bool, Error> {
    Ok(sessions::readable(session.get::<String>(CODES).await)?.is_some())
}

/// Takes the stored codes, only on GET and not on HEAD. Returns none if there are none, or if they were shown before.
pub async fn take(request: PageRequest<'_>) -> Result<Vec<String>, Error> {
    let Some(member) = request.by.member.as_ref().filter(|_| request.method == Method::GET) else {
        return Ok(Vec::new());
    };
    let codes = waiting(request.session, request.state, member.session).await?;
    if any(request.session).await? {
        request.session.remove_value(CODES).await?;
    }
    Ok(codes)
}

async fn waiting(session: &Session, state: &AppState, handle: Uuid) -> Result<Vec<String>, Error> {
    let sealed = sessions::readable(session.get::<String>(CODES).await)?;
    Ok(sealed.and_then(|sealed| open(state, handle, &sealed)).unwrap_or_default())
}

fn open(state: &AppState, handle: Uuid, sealed: &str) -> Option<Vec<String>> {
    let sealed = BASE64_STANDARD_NO_PAD.decode(sealed).ok()?;
    let lines = Zeroizing::new(state.one_time_secrets.open(handle, &sealed).ok()?);
    Some(std::str::from_utf8(&lines).ok()?.lines().map(str::to_owned).collect())
}
