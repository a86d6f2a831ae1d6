//! Recovery codes between the request that generates them and the page that shows them once. They
//! are encrypted in the session and deleted when the page reads them.

use axum::http::Method;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use tower_sessions::Session;
use tower_sessions::session::Error;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::session as sessions;
use crate::api::View;
use crate::domain::RecoveryCode;
use crate::services::RequestContext;
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

/// Moves the stored codes into the view of their page, only on GET and not on HEAD.
pub async fn fill(
    view: View,
    method: &Method,
    session: &Session,
    state: &AppState,
    by: &RequestContext,
) -> Result<View, Error> {
    let (View::RecoveryCodes(mut view), Some(member)) = (view.clone(), &by.member) else { return Ok(view) };
    if method == Method::GET
        && let Some(sealed) = sessions::readable(session.get::<String>(CODES).await)?
    {
        session.remove_value(CODES).await?;
        view.codes = open(state, member.session, &sealed).unwrap_or_default();
    }
    Ok(View::RecoveryCodes(view))
}

fn open(state: &AppState, handle: Uuid, sealed: &str) -> Option<Vec<String>> {
    let sealed = BASE64_STANDARD_NO_PAD.decode(sealed).ok()?;
    let lines = Zeroizing::new(state.one_time_secrets.open(handle, &sealed).ok()?);
    Some(std::str::from_utf8(&lines).ok()?.lines().map(str::to_owned).collect())
}
