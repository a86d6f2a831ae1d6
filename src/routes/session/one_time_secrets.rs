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
    let lines = codes.iter().map(RecoveryCode::in_groups).collect::<Vec<_>>().join("\n");
    let lines = Zeroizing::new(lines);
    match state.one_time_secrets.seal(handle, lines.as_bytes()) {
        Ok(sealed) => session.insert(CODES, BASE64_STANDARD_NO_PAD.encode(sealed)).await,
        // Too long for the cipher, which ten codes never are. The page then explains how to make
        // new ones.
        Err(_) => Ok(()),
    }
}

/// Takes the stored codes, only on GET and not on HEAD. Returns none if there are none, or if they were shown before.
pub async fn take(request: PageRequest<'_>) -> Result<Vec<String>, Error> {
    let Some(member) = request.by.member.as_ref().filter(|_| request.method == Method::GET) else {
        return Ok(Vec::new());
    };
    let Some(sealed) = sessions::readable(request.session.get::<String>(CODES).await)? else { return Ok(Vec::new()) };
    request.session.remove_value(CODES).await?;
    Ok(open(request.state, member.session, &sealed).unwrap_or_default())
}

fn open(state: &AppState, handle: Uuid, sealed: &str) -> Option<Vec<String>> {
    let sealed = BASE64_STANDARD_NO_PAD.decode(sealed).ok()?;
    let lines = Zeroizing::new(state.one_time_secrets.open(handle, &sealed).ok()?);
    Some(std::str::from_utf8(&lines).ok()?.lines().map(str::to_owned).collect())
}
