//! Authentication and authorization of each request, decided before anything is rendered.

use std::fmt;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, LAST_MODIFIED, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::future::BoxFuture;
use tower_sessions::Session;

use super::session_auth::{self, SessionAuth};
use super::{error_page, request_context};
use crate::config::mail::TransportConfig;
use crate::domain::NextPath;
use crate::islands::datetime::format_duration;
use crate::paths;
use crate::routes::access::{self, Denied};
use crate::routes::form::RequestId;
use crate::routes::next_step::{self, Applied};
use crate::routes::page::{LoadedPage, PageRequest};
use crate::routes::session::flash;
use crate::routes::{self, captcha};
use crate::services::{NextStep, RequestContext, ServiceError, second_factor};
use crate::state::AppState;
use crate::ui::PageContext;

/// An error that prevents a request from being handled.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Renders the 404 page.
pub type NotFound = Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>;

/// The state of the authentication middleware. Cheap to clone.
#[derive(Clone)]
pub struct AuthLayer {
    pub state: AppState,
    pub not_found: NotFound,
}

impl fmt::Debug for AuthLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthLayer").finish_non_exhaustive()
    }
}

/// Authenticates the request, and either redirects it or passes it on with its [`PageContext`] and
/// [`crate::services::RequestContext`] as extensions.
pub async fn layer(State(auth): State<AuthLayer>, session: Session, request: Request, next: Next) -> Response {
    let AuthLayer { state, not_found } = auth;
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    match authorize(&state, &session, request).await {
        Ok(Decision::Continue(request, route)) => {
            let mut response = match route {
                Route::Requested => next.run(*request).await,
                Route::NotFound => not_found(*request).await,
            };
            // Files of `public` have a date and may be cached. Pages are specific to a user.
            let file = response.headers().contains_key(LAST_MODIFIED) || response.status() == StatusCode::NOT_MODIFIED;
            if !file {
                response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
            response
        }
        Ok(Decision::Respond(response)) => response,
        Err(error) => {
            tracing::error!(%error, "a request failed");
            error_page::unavailable(&id)
        }
    }
}

/// The result of authorizing a request.
enum Decision {
    Continue(Box<Request>, Route),
    Respond(Response),
}

/// The handler of a request that may continue.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Route {
    Requested,
    NotFound,
}

/// The path that is rendered instead of a page that does not exist for this user. It has no route.
const NOT_FOUND: &str = "/not-there";

async fn authorize(state: &AppState, session: &Session, request: Request) -> Result<Decision, Fault> {
    let (mut parts, body) = request.into_parts();
    let SessionAuth { user, second_step, second_step_expired, holds_flash } =
        session_auth::authenticate(state, session, &parts.headers).await?;
    let (account, member) = user.unzip();
    let requester = request_context::read(&parts, &state.config, member, second_step);
    let path = parts.uri.path().to_owned();
    if second_step_expired && parts.method == Method::GET && path == paths::LOGIN_MFA {
        let done = second_factor::waited_too_long();
        return Ok(Decision::Respond(redirect(state, session, &requester, done).await?));
    }
    let page = parts.extensions.get::<MatchedPath>().and_then(|route| routes::page_at(route.as_str()));
    let mut route = match access::check(&parts.method, &path, page.map(|page| page.access), &requester) {
        Ok(()) => Route::Requested,
        Err(Denied::To(to)) => return Ok(Decision::Respond(see_other(&to))),
        Err(Denied::NotFound) => {
            let account = requester.member.as_ref().map(|member| member.account_id);
            tracing::warn!(event = "admin.denied", ip = %requester.ip, ?account);
            Route::NotFound
        }
    };
    let mut context = PageContext {
        portal_name: state.config.site.name.clone(),
        account,
        registration: state.config.registration.mode,
        passkeys: state.passkeys.relying_party.clone(),
        remember_for: format_duration(state.config.limits.session.remember.as_secs()),
        dev_mailbox: matches!(state.config.mail.transport, TransportConfig::File { .. }),
        now: state.clock.now(),
        ..PageContext::default()
    };
    if route == Route::Requested
        && matches!(parts.method, Method::GET | Method::HEAD)
        && let Some(page) = page
    {
        let request = PageRequest { state, by: &requester, method: &parts.method, uri: &parts.uri, session };
        match (page.load)(request).await {
            Ok(document) => _ = parts.extensions.insert(LoadedPage::new(document)),
            Err(ServiceError::NotFound) => route = Route::NotFound,
            Err(ServiceError::Redirect(step)) => {
                return Ok(Decision::Respond(redirect(state, session, &requester, *step).await?));
            }
            // The session ended after the request was authenticated.
            Err(ServiceError::Unauthenticated) => return Ok(Decision::Respond(see_other(paths::LOGIN))),
            Err(ServiceError::ReauthenticationRequired) => {
                return Ok(Decision::Respond(see_other(paths::ACCOUNT_CONFIRM)));
            }
            Err(error) => return Err(error.into()),
        }
        if holds_flash && parts.method == Method::GET {
            context.flash = flash::take(session, &state.config, &path).await?;
        }
        let offered = captcha::form_on(&path).and_then(|form| captcha::offer(state, form, &requester));
        // Sign-in to an account under attack needs a captcha even if the IP address alone does not.
        context.captcha = offered.or_else(|| context.flash.feedback.captcha.as_deref().cloned());
        context.next = next_of(&parts.uri);
    }
    if route == Route::NotFound {
        parts.uri = Uri::from_static(NOT_FOUND);
    }
    parts.extensions.insert(context);
    parts.extensions.insert(requester);
    Ok(Decision::Continue(Box::new(Request::from_parts(parts, body)), route))
}

/// Returns `next` from the query if it is a path of the portal.
fn next_of(uri: &Uri) -> Option<String> {
    let query = uri.query().unwrap_or_default().as_bytes();
    let (_, value) = url::form_urlencoded::parse(query).find(|(name, _)| name == "next")?;
    NextPath::parse(&value).map(|next| next.as_str().to_owned())
}

async fn redirect(
    state: &AppState,
    session: &Session,
    by: &RequestContext,
    step: NextStep,
) -> Result<Response, Fault> {
    let Applied { to, cookies } = next_step::apply(state, by, session, step).await?;
    let mut response = see_other(&to);
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn see_other(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static(paths::HOME));
    let headers = [(LOCATION, location), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}
