//! Authentication of a request by its session.

use axum::http::HeaderMap;
use tower_sessions::Session;

use crate::domain::{Role, Timestamp};
use crate::routes::session::{self as sessions, flash};
use crate::services::AuthenticatedUser;
use crate::state::AppState;
use crate::store::sessions::{Owner, SecondStep, SessionLookup, SignedIn};
use crate::ui::AccountView;

/// Header of requests that a page sends by itself, without user activity. They do not extend the session.
const REFRESH: &str = "x-refresh";

/// An error that prevents a request from being authenticated.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The result of authenticating a request by its session.
#[derive(Debug)]
pub struct SessionAuth {
    /// The signed-in user, as the pages and the services need them.
    pub user: Option<(AccountView, AuthenticatedUser)>,
    /// The pending second step of a sign-in, or of a session that has become a half session.
    pub second_step: Option<SecondStep>,
    /// The second step was pending for too long and has been canceled.
    pub second_step_expired: bool,
    /// Whether the session may hold a flash message for the page.
    pub holds_flash: bool,
}

/// Reads the session, and ends it if its user may no longer be signed in.
pub async fn authenticate(state: &AppState, session: &Session, headers: &HeaderMap) -> Result<SessionAuth, Fault> {
    let mut lookup = open(state, session, headers.contains_key(REFRESH)).await?;
    let (user, second_step, second_step_expired) = match user(session, &mut lookup).await? {
        Some((owner, signed_in)) if is_half(&owner, &signed_in) => (None, Some(step_up(state, signed_in)), false),
        Some((owner, signed_in)) => {
            let member = member(state, &owner, &signed_in);
            (Some((account_view(state, owner, signed_in, member.must_enroll), member)), None, false)
        }
        None => {
            let (second_step, expired) = second_step(state, session, &mut lookup).await?;
            (None, second_step, expired)
        }
    };
    let holds_flash = lookup.is_some_and(|lookup| lookup.holds(flash::FLASH));
    Ok(SessionAuth { user, second_step, second_step_expired, holds_flash })
}

/// Whether the session was signed in with one factor, although the account has a second one by now. This is decided for
/// each request, because the second one may have been added after the sign-in, and elsewhere.
fn is_half(owner: &Owner, signed_in: &SignedIn) -> bool {
    owner.has_factor && !signed_in.two_step
}

/// Returns the second step with which a half session continues.
fn step_up(state: &AppState, signed_in: SignedIn) -> SecondStep {
    SecondStep {
        account_id: signed_in.account_id,
        session_version: signed_in.session_version,
        remember: signed_in.remember,
        next: None,
        at: state.clock.now().0,
        signed_in: Some(Box::new(signed_in)),
    }
}

/// Returns the content of the request's session. If it no longer exists, loading it once makes the
/// session layer remove the cookie.
async fn open(state: &AppState, session: &Session, automatic: bool) -> Result<Option<SessionLookup>, Fault> {
    let Some(id) = session.id() else { return Ok(None) };
    let lookup = state.sessions.open(&id, automatic).await?;
    if lookup.is_none() {
        sessions::signed_in(session).await?;
    }
    Ok(lookup)
}

/// Returns the signed-in user. Ends the session if the account was deleted, is closed or has a
/// newer `session_version`.
async fn user(session: &Session, lookup: &mut Option<SessionLookup>) -> Result<Option<(Owner, SignedIn)>, Fault> {
    let Some(found) = lookup else { return Ok(None) };
    let Some(signed_in) = found.signed_in() else { return Ok(None) };
    match found.owner.take() {
        Some(owner)
            if owner.id == signed_in.account_id && owner.open && owner.session_version == signed_in.session_version =>
        {
            Ok(Some((owner, signed_in)))
        }
        _ => {
            sessions::end(session).await?;
            *lookup = None;
            Ok(None)
        }
    }
}

/// Returns the pending second step, and whether one has expired. An expired one ends the session.
async fn second_step(
    state: &AppState,
    session: &Session,
    lookup: &mut Option<SessionLookup>,
) -> Result<(Option<SecondStep>, bool), Fault> {
    let Some(pending) = lookup.as_ref().and_then(SessionLookup::second_step) else { return Ok((None, false)) };
    if state.second_factor().due(&pending).await?.is_some() {
        return Ok((Some(pending), false));
    }
    sessions::end(session).await?;
    *lookup = None;
    Ok((None, true))
}

fn member(state: &AppState, owner: &Owner, signed_in: &SignedIn) -> AuthenticatedUser {
    AuthenticatedUser {
        account_id: owner.id,
        session: signed_in.handle,
        session_version: signed_in.session_version,
        authenticated_at: Timestamp(signed_in.authenticated_at),
        second_factor_at: signed_in.second_factor_at.map(Timestamp),
        has_factor: owner.has_factor,
        ancestors: signed_in.ancestors.clone(),
        // Whatever the session was signed in with: its factor may have been removed.
        must_enroll: state.config.second_factor.applies_to(owner.role) && !owner.has_factor,
        administrator: owner.role == Role::Administrator,
    }
}

fn account_view(state: &AppState, owner: Owner, signed_in: SignedIn, must_enroll: bool) -> AccountView {
    let signed_in_at = Timestamp(signed_in.at);
    AccountView {
        username: owner.username,
        email: owner.email,
        administrator: owner.role == Role::Administrator,
        created_at: owner.created_at,
        verified_at: owner.verified_at,
        signed_in_at,
        signed_in_from: signed_in.ip,
        previous_sign_in_at: signed_in.previous_at.map(Timestamp),
        previous_sign_in_from: signed_in.previous_ip,
        session_ends_at: state.sessions.ends_at(signed_in_at, signed_in.remember),
        two_step: signed_in.two_step,
        must_enroll,
    }
}
