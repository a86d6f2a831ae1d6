//! Authentication and authorization of each request, decided before anything is rendered.

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, LAST_MODIFIED, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::future::BoxFuture;
use tower_sessions::Session;

use super::access_log::RequestId;
use super::access_policy::{self, Denied};
use super::session_auth::{self, SessionAuth};
use super::views::{self, LoadError};
use super::{captcha, error_page, flash, one_time_secrets, reply, request_context};
use crate::api::{PageContext, View};
use crate::domain::NextPath;
use crate::paths;
use crate::server::config::mail::TransportConfig;
use crate::server::services::{NextStep, RequestContext, second_factor};
use crate::server::state::AppState;

/// An error that kept a request from being handled.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Renders the 404 page.
pub type NotFound = Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>;

/// The state of the guard middleware. Cheap to clone.
#[derive(Clone)]
pub struct AuthLayer {
    pub state: AppState,
    pub not_found: NotFound,
}

impl fmt::Debug for AuthLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guards").finish_non_exhaustive()
    }
}

/// Authenticates the request, and either redirects it or passes it on with its [`PageContext`] and
/// [`crate::server::services::RequestContext`] as extensions.
pub async fn layer(State(guards): State<AuthLayer>, session: Session, request: Request, next: Next) -> Response {
    let AuthLayer { state, not_found } = guards;
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    match admit(&state, &session, request).await {
        Ok(Admitted::Through(request, place)) => {
            let mut response = match place {
                Route::AsAsked => next.run(*request).await,
                Route::Nowhere => not_found(*request).await,
            };
            // Files of `public` have a date and may be cached. Pages are specific to a user.
            let file = response.headers().contains_key(LAST_MODIFIED) || response.status() == StatusCode::NOT_MODIFIED;
            if !file {
                response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
            response
        }
        Ok(Admitted::Elsewhere(response)) => response,
        Err(error) => {
            tracing::error!(%error, "a request failed");
            error_page::unavailable(&id)
        }
    }
}

enum Admitted {
    Through(Box<Request>, Route),
    Elsewhere(Response),
}

/// The handler of a request that was let through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Route {
    AsAsked,
    Nowhere,
}

/// The path that is rendered in place of a page that does not exist for this user. It has no route.
const NOWHERE: &str = "/not-there";

async fn admit(state: &AppState, session: &Session, request: Request) -> Result<Admitted, Fault> {
    let (mut parts, body) = request.into_parts();
    let SessionAuth { person, second_step, waited, holds_flash } =
        session_auth::of(state, session, &parts.headers).await?;
    let (account, member) = person.unzip();
    let requester = request_context::read(&parts, &state.config, member, second_step);
    let path = parts.uri.path().to_owned();
    if waited && parts.method == Method::GET && path == paths::LOGIN_MFA {
        let done = second_factor::waited_too_long();
        return Ok(Admitted::Elsewhere(elsewhere(state, session, &requester, &done).await?));
    }
    let mut place = match access_policy::instead(&parts.method, &path, &requester) {
        None => Route::AsAsked,
        Some(Denied::To(to)) => return Ok(Admitted::Elsewhere(see_other(&to))),
        Some(Denied::NotFound) => {
            let account = requester.member.as_ref().map(|member| member.account_id);
            tracing::warn!(event = "admin.denied", ip = %requester.ip, ?account);
            Route::Nowhere
        }
    };
    let mut visitor = PageContext {
        portal_name: state.config.site.name.clone(),
        account,
        registration: state.config.registration.mode,
        passkeys: state.passkeys.relying_party.clone(),
        remembered_for: views::security::label(state.config.limits.session.remember),
        dev_mailbox: matches!(state.config.mail.transport, TransportConfig::File { .. }),
        now: state.clock.now(),
        ..PageContext::default()
    };
    if place == Route::AsAsked && matches!(parts.method, Method::GET | Method::HEAD) {
        let view = match views::load(state, &parts.uri, &requester).await {
            Ok(view) => view,
            Err(LoadError::NotFound) => {
                place = Route::Nowhere;
                View::None
            }
            Err(LoadError::Elsewhere(done)) => {
                return Ok(Admitted::Elsewhere(elsewhere(state, session, &requester, &done).await?));
            }
            Err(LoadError::InternalError(fault)) => return Err(fault.into()),
        };
        visitor.view = one_time_secrets::fill(view, &parts.method, session, state, &requester).await?;
        if holds_flash && parts.method == Method::GET {
            visitor.flash = flash::take(session, &state.config, &path).await?;
        }
        let offered = captcha::form_on(&path).and_then(|form| captcha::offer(state, form, &requester));
        // Sign-in to an account under attack needs a captcha even if the IP address alone does not.
        visitor.captcha = offered.or_else(|| visitor.flash.feedback.captcha.as_deref().cloned());
        visitor.next = next_of(&parts.uri);
    }
    if place == Route::Nowhere {
        parts.uri = Uri::from_static(NOWHERE);
    }
    parts.extensions.insert(visitor);
    parts.extensions.insert(requester);
    Ok(Admitted::Through(Box::new(Request::from_parts(parts, body)), place))
}

/// Returns `next` from the query if it is a path of the portal.
fn next_of(uri: &Uri) -> Option<String> {
    let query = uri.query().unwrap_or_default().as_bytes();
    let (_, value) = url::form_urlencoded::parse(query).find(|(name, _)| name == "next")?;
    NextPath::parse(&value).map(|next| next.as_str().to_owned())
}

async fn elsewhere(
    state: &AppState,
    session: &Session,
    by: &RequestContext,
    done: &NextStep,
) -> Result<Response, Fault> {
    reply::leave(session, state, by, done).await?;
    let mut response = see_other(&done.to);
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
