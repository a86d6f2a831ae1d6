//! Who may see which page, decided before anything is rendered.

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, LAST_MODIFIED, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower_sessions::Session;

use super::access_log::RequestId;
use super::views::{self, NotShown};
use super::{audience, captcha, fault, flash, reply, requester, session as sessions, shown_once};
use crate::api::{AccountView, Flash, Visitor};
use crate::domain::{NextPath, Role, Timestamp};
use crate::paths;
use crate::server::config::mail::TransportConfig;
use crate::server::services::{Done, Member, Requester, second_factor};
use crate::server::state::AppState;
use crate::server::store::accounts::Account;
use crate::server::store::sessions::{Opened, SecondStep, SignedIn};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Finds out who asks, and either answers with a redirect or lets the request
/// through with its [`Visitor`] and [`crate::server::services::Requester`].
pub async fn layer(State(state): State<AppState>, session: Session, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    match admit(&state, &session, request).await {
        Ok(Admitted::Through(request)) => {
            let mut response = next.run(*request).await;
            // A file of `public` has a date and may be kept; a page is for this person alone.
            let file = response.headers().contains_key(LAST_MODIFIED) || response.status() == StatusCode::NOT_MODIFIED;
            if !file {
                response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
            response
        }
        Ok(Admitted::Elsewhere(response)) => response,
        Err(error) => {
            tracing::error!(%error, "a request failed");
            fault::unavailable(&id)
        }
    }
}

enum Admitted {
    Through(Box<Request>),
    Elsewhere(Response),
}

async fn admit(state: &AppState, session: &Session, request: Request) -> Result<Admitted, Fault> {
    let (mut parts, body) = request.into_parts();
    let mut opened = open(state, session).await?;
    let person = person(session, &mut opened).await?;
    let (second_step, waited) = match person {
        Some(_) => (None, false),
        None => second_step(state, session, &mut opened).await?,
    };
    let member = match &person {
        Some((account, signed_in)) => Some(member(state, account, signed_in).await?),
        None => None,
    };
    let requester = requester::read(&parts, &state.config, member, second_step);
    let path = parts.uri.path().to_owned();
    if waited && parts.method == Method::GET && path == paths::LOGIN_MFA {
        let done = second_factor::waited_too_long();
        return Ok(Admitted::Elsewhere(elsewhere(state, session, &requester, &done).await?));
    }
    if let Some(to) = audience::elsewhere(&parts.method, &path, &requester) {
        return Ok(Admitted::Elsewhere(see_other(&to)));
    }
    if matches!(parts.method, Method::GET | Method::HEAD) {
        let view = match views::load(state, &parts.uri, &requester).await {
            Ok(view) => view,
            Err(NotShown::Elsewhere(done)) => {
                return Ok(Admitted::Elsewhere(elsewhere(state, session, &requester, &done).await?));
            }
            Err(NotShown::Fault(fault)) => return Err(fault.into()),
        };
        let view = shown_once::fill(view, &parts.method, session, state, &requester).await?;
        let flash = match parts.method {
            Method::GET if opened.is_some_and(|opened| opened.holds(flash::FLASH)) => {
                flash::take(session, &state.config, &path).await?
            }
            _ => Flash::default(),
        };
        let offered = captcha::form_on(&path).and_then(|form| captcha::offer(state, form, &requester));
        // Signing in to an account under attack asks for one that the address alone does not call for.
        let captcha = offered.or_else(|| flash.feedback.captcha.as_deref().cloned());
        let must_enrol = requester.member.as_ref().is_some_and(|member| member.must_enrol);
        parts.extensions.insert(Visitor {
            portal_name: state.config.site.name.clone(),
            account: person.map(|(account, signed_in)| account_view(state, account, signed_in, must_enrol)),
            flash,
            view,
            captcha,
            next: next_of(&parts.uri),
            passkeys: state.passkeys.relying_party.clone(),
            dev_mailbox: matches!(state.config.mail.transport, TransportConfig::File { .. }),
            now: state.clock.now(),
        });
    }
    parts.extensions.insert(requester);
    Ok(Admitted::Through(Box::new(Request::from_parts(parts, body))))
}

/// What the session of a request holds. Of one that is not there the session
/// layer finds out by itself, and takes its cookie away.
async fn open(state: &AppState, session: &Session) -> Result<Option<Opened>, Fault> {
    let Some(id) = session.id() else { return Ok(None) };
    let opened = state.sessions.open(&id).await?;
    if opened.is_none() {
        sessions::signed_in(session).await?;
    }
    Ok(opened)
}

/// Who is signed in; a session whose account is gone, closed or in a later
/// epoch is ended.
async fn person(session: &Session, opened: &mut Option<Opened>) -> Result<Option<(Account, SignedIn)>, Fault> {
    let Some(holding) = opened else { return Ok(None) };
    let Some(signed_in) = holding.signed_in() else { return Ok(None) };
    match holding.account.take() {
        Some(account) if account.id == signed_in.account_id && account.holds(signed_in.epoch) => {
            Ok(Some((account, signed_in)))
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
async fn member(state: &AppState, account: &Account, signed_in: &SignedIn) -> Result<Member, Fault> {
    let must_enrol = !signed_in.two_step && state.second_factor.must_enrol(account.id, account.role).await?;
    Ok(Member {
        account_id: account.id,
        session: signed_in.handle,
        epoch: signed_in.epoch,
        authenticated_at: Timestamp(signed_in.authenticated_at),
        must_enrol,
    })
}

fn account_view(state: &AppState, account: Account, signed_in: SignedIn, must_enrol: bool) -> AccountView {
    let signed_in_at = Timestamp(signed_in.at);
    AccountView {
        username: account.username.as_str().to_owned(),
        email: account.email.as_str().to_owned(),
        administrator: account.role == Role::Administrator,
        created_at: account.created_at,
        verified_at: account.verified_at,
        signed_in_at,
        signed_in_from: signed_in.ip,
        previous_sign_in_at: signed_in.previous_at.map(Timestamp),
        previous_sign_in_from: signed_in.previous_ip,
        session_ends_at: state.sessions.ends_at(signed_in_at, signed_in.remember),
        two_step: signed_in.two_step,
        must_enrol,
    }
}

/// `next` in the query, when it names a path of ours.
fn next_of(uri: &Uri) -> Option<String> {
    let query = uri.query().unwrap_or_default().as_bytes();
    let (_, value) = url::form_urlencoded::parse(query).find(|(name, _)| name == "next")?;
    NextPath::parse(&value).map(|next| next.as_str().to_owned())
}

async fn elsewhere(state: &AppState, session: &Session, by: &Requester, done: &Done) -> Result<Response, Fault> {
    reply::leave(session, state, by, done).await?;
    let mut response = see_other(done.to);
    if let Some(cookie) = reply::flow_cookie(&state.config, &done.flow) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn see_other(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static(paths::HOME));
    let headers = [(LOCATION, location), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}
