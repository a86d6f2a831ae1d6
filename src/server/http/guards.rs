//! Who may see which page, decided before anything is rendered.

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, LAST_MODIFIED, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower_sessions::Session;

use super::access_log::RequestId;
use super::{captcha, cookies, fault, flash, reply, requester, session as sessions};
use crate::api::{AccountView, Captcha, Flash, PendingView, Visitor};
use crate::domain::{NextPath, Role, Timestamp};
use crate::paths;
use crate::server::config::mail::TransportConfig;
use crate::server::crypto::FlowToken;
use crate::server::services::{Done, Pending, Requester};
use crate::server::state::AppState;
use crate::server::store::accounts::Account;
use crate::server::store::sessions::SignedIn;

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
    let requester = requester::read(&parts, &state.config, person.is_some());
    if matches!(parts.method, Method::GET | Method::HEAD) {
        let path = parts.uri.path().to_owned();
        if let Some(to) = redirect_for(&path, person.is_some()) {
            return Ok(Admitted::Elsewhere(see_other(to)));
        }
        let pending = match pending(state, &path, requester.flow.as_ref()).await? {
            Ok(pending) => pending,
            Err(done) => return Ok(Admitted::Elsewhere(elsewhere(state, session, &requester, &done).await?)),
        };
        let flash = match parts.method {
            Method::GET if session.id().is_some() => flash::take(session, &state.config, &path).await?,
            _ => Flash::default(),
        };
        let next = next_of(&parts.uri);
        let offered = captcha::form_on(&path).and_then(|form| captcha::offer(state, form, &requester));
        // Signing in to an account under attack asks for one that the address alone does not call for.
        let captcha = offered.or_else(|| flash.feedback.captcha.as_deref().cloned());
        parts.extensions.insert(visitor(state, person, flash, pending, captcha, next));
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

fn redirect_for(path: &str, signed_in: bool) -> Option<&'static str> {
    match (path, signed_in) {
        (paths::HOME | paths::REGISTER | paths::LOGIN, true) => Some(paths::DASHBOARD),
        (paths::DASHBOARD, false) => Some("/login?next=/dashboard"),
        _ => None,
    }
}

async fn pending(
    state: &AppState,
    path: &str,
    flow: Option<&FlowToken>,
) -> Result<Result<Option<PendingView>, Done>, Fault> {
    if path != paths::VERIFY {
        return Ok(Ok(None));
    }
    Ok(match state.registration.pending(flow).await? {
        Ok(pending) => Ok(Some(pending_view(state, pending))),
        Err(ended) => Err(ended.into_done()),
    })
}

fn pending_view(state: &AppState, pending: Pending) -> PendingView {
    let (now, limits) = (state.clock.now(), &state.config.limits);
    let millis = |until: Timestamp| u64::try_from(until.since(now).as_millis()).unwrap_or(0);
    PendingView {
        username: pending.registration.username.as_str().to_owned(),
        email: pending.registration.email.as_str().to_owned(),
        deadline: pending.code.expires_at,
        lifetime_ms: u64::try_from(limits.otp_lifetime.as_millis()).unwrap_or(u64::MAX),
        remaining_ms: millis(pending.code.expires_at),
        resend_in_ms: millis(pending.code.issued_at + limits.otp_resend_after),
        email_changes_left: limits.email_changes.saturating_sub(pending.registration.email_changes),
        needs_username: pending.registration.proven,
    }
}

fn visitor(
    state: &AppState,
    person: Option<(Account, SignedIn)>,
    flash: Flash,
    pending: Option<PendingView>,
    captcha: Option<Captcha>,
    next: Option<String>,
) -> Visitor {
    let config = &state.config;
    Visitor {
        portal_name: config.site.name.clone(),
        account: person.map(|(account, signed_in)| account_view(state, account, signed_in)),
        flash,
        pending,
        captcha,
        next,
        dev_mailbox: matches!(config.mail.transport, TransportConfig::File { .. }),
        now: state.clock.now(),
    }
}

fn account_view(state: &AppState, account: Account, signed_in: SignedIn) -> AccountView {
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
    if let Some(cookie) = cookies::end_flow(&state.config) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn see_other(to: &'static str) -> Response {
    let headers = [(LOCATION, HeaderValue::from_static(to)), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}
