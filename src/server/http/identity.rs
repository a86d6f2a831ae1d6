//! Who is behind the session of a request.

use axum::http::HeaderMap;
use tower_sessions::Session;

use super::guards::Fault;
use super::{flash, session as sessions};
use crate::api::AccountView;
use crate::domain::{Role, Timestamp};
use crate::server::services::Member;
use crate::server::state::AppState;
use crate::server::store::sessions::{Opened, Owner, SecondStep, SignedIn};

/// On a request that a page makes by itself: nobody need be there, and the
/// session does not live on by it.
const REFRESH: &str = "x-refresh";

/// What a session says about a request. Lives as long as the request.
#[derive(Debug)]
pub struct Identity {
    /// Who is signed in, as their pages and as the services see them.
    pub person: Option<(AccountView, Member)>,
    /// Whose second step is due.
    pub second_step: Option<SecondStep>,
    /// A second step was due for too long, and is no more.
    pub waited: bool,
    /// Whether something may be left for the page.
    pub holds_flash: bool,
}

/// Looks into the session; one that holds nobody any more is ended.
///
/// # Errors
/// When the database does not answer.
pub async fn of(state: &AppState, session: &Session, headers: &HeaderMap) -> Result<Identity, Fault> {
    let mut opened = open(state, session, headers.contains_key(REFRESH)).await?;
    let person = match person(session, &mut opened).await? {
        Some((owner, signed_in)) => {
            let member = member(state, &owner, &signed_in).await?;
            Some((account_view(state, owner, signed_in, member.must_enrol), member))
        }
        None => None,
    };
    let (second_step, waited) = match person {
        Some(_) => (None, false),
        None => second_step(state, session, &mut opened).await?,
    };
    let holds_flash = opened.is_some_and(|opened| opened.holds(flash::FLASH));
    Ok(Identity { person, second_step, waited, holds_flash })
}

/// What the session of a request holds. Of one that is not there the session
/// layer finds out by itself, and takes its cookie away.
async fn open(state: &AppState, session: &Session, by_itself: bool) -> Result<Option<Opened>, Fault> {
    let Some(id) = session.id() else { return Ok(None) };
    let opened = state.sessions.open(&id, by_itself).await?;
    if opened.is_none() {
        sessions::signed_in(session).await?;
    }
    Ok(opened)
}

/// Who is signed in; a session whose account is gone, closed or in a later
/// epoch is ended.
async fn person(session: &Session, opened: &mut Option<Opened>) -> Result<Option<(Owner, SignedIn)>, Fault> {
    let Some(holding) = opened else { return Ok(None) };
    let Some(signed_in) = holding.signed_in() else { return Ok(None) };
    match holding.owner.take() {
        Some(owner) if owner.id == signed_in.account_id && owner.open && owner.epoch == signed_in.epoch => {
            Ok(Some((owner, signed_in)))
        }
        _ => {
            sessions::end(session).await?;
            *opened = None;
            Ok(None)
        }
    }
}

/// Whose second step is due in this session, and whether one was due that is no
/// more: that is forgotten.
async fn second_step(
    state: &AppState,
    session: &Session,
    opened: &mut Option<Opened>,
) -> Result<(Option<SecondStep>, bool), Fault> {
    let Some(due) = opened.as_ref().and_then(Opened::second_step) else { return Ok((None, false)) };
    if state.second_factor.due(&due).await?.is_some() {
        return Ok((Some(due), false));
    }
    sessions::end(session).await?;
    *opened = None;
    Ok((None, true))
}

/// The factors are looked up only where one is demanded that this session has not shown.
async fn member(state: &AppState, owner: &Owner, signed_in: &SignedIn) -> Result<Member, Fault> {
    let must_enrol = !signed_in.two_step && state.second_factor.must_enrol(owner.id, owner.role).await?;
    Ok(Member {
        account_id: owner.id,
        session: signed_in.handle,
        epoch: signed_in.epoch,
        authenticated_at: Timestamp(signed_in.authenticated_at),
        must_enrol,
        administrator: owner.role == Role::Administrator,
    })
}

fn account_view(state: &AppState, owner: Owner, signed_in: SignedIn, must_enrol: bool) -> AccountView {
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
        must_enrol,
    }
}
