//! Who may see which page, decided before anything is rendered.

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, LAST_MODIFIED, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower_sessions::Session;

use super::access_log::RequestId;
use super::views::{self, NotShown};
use super::{audience, captcha, fault, flash, reply, requester, session as sessions};
use crate::api::{AccountView, Flash, Visitor};
use crate::domain::{NextPath, Role, Timestamp};
use crate::paths;
use crate::server::config::mail::TransportConfig;
use crate::server::limits::SECOND_STEP_WAITS;
use crate::server::services::{Done, Member, Requester};
use crate::server::state::AppState;
use crate::server::store::accounts::Account;
use crate::server::store::sessions::{SecondStep, SignedIn};

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
    let person = person(state, session).await?;
    let second_step = if person.is_some() { None } else { second_step(state, session).await? };
    let member = person.as_ref().map(|(account, signed_in)| member(state, account, signed_in));
    let requester = requester::read(&parts, &state.config, member, second_step);
    let path = parts.uri.path().to_owned();
    if let Some(to) = audience::elsewhere(&parts.method, &path, &requester) {
        return Ok(Admitted::Elsewhere(see_other(&to)));
    }
    if matches!(parts.method, Method::GET | Method::HEAD) {
        let query = parts.uri.query().unwrap_or_default();
        let view = match views::load(state, &path, query, &requester).await {
            Ok(view) => view,
            Err(NotShown::Elsewhere(done)) => {
                return Ok(Admitted::Elsewhere(elsewhere(state, session, &requester, &done).await?));
            }
            Err(NotShown::Fault(fault)) => return Err(fault.into()),
        };
        let flash = match parts.method {
            Method::GET if session.id().is_some() => flash::take(session, &state.config, &path).await?,
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
            dev_mailbox: matches!(state.config.mail.transport, TransportConfig::File { .. }),
            now: state.clock.now(),
        });
    }
    parts.extensions.insert(requester);
    Ok(Admitted::Through(Box::new(Request::from_parts(parts, body))))
}

/// The account behind the session; a session without one is ended.
async fn person(state: &AppState, session: &Session) -> Result<Option<(Account, SignedIn)>, Fault> {
    if session.id().is_none() {
        return Ok(None);
    }
    let signed_in = sessions::signed_in(session).await?;
    let Some(signed_in) = signed_in else { return Ok(None) };
    match state.login.account(&signed_in).await? {
        Some(account) => Ok(Some((account, signed_in))),
        None => {
            sessions::end(session).await?;
            Ok(None)
        }
    }
}

/// Whose second step is due in this session; one that was left for too long is forgotten.
async fn second_step(state: &AppState, session: &Session) -> Result<Option<SecondStep>, Fault> {
    if session.id().is_none() {
        return Ok(None);
    }
    let Some(due) = sessions::second_step(session).await? else { return Ok(None) };
    if state.clock.now().since(Timestamp(due.at)) < SECOND_STEP_WAITS {
        return Ok(Some(due));
    }
    sessions::end(session).await?;
    Ok(None)
}

fn member(_state: &AppState, account: &Account, signed_in: &SignedIn) -> Member {
    Member {
        account_id: account.id,
        session: signed_in.handle,
        epoch: signed_in.epoch,
        authenticated_at: Timestamp(signed_in.authenticated_at),
        must_enrol: false,
    }
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
