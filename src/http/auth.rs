//! Authentication and authorization of each request, decided before anything is loaded or rendered.

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, LAST_MODIFIED};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tower_sessions::Session;
use tracing::field::display;

use super::pages::{Pages, Visitor};
use super::session_auth::SessionAuth;
use super::{error_page, request_context, session_auth};
use crate::paths;
use crate::routes::form::RequestId;
use crate::routes::{self, access};
use crate::services::{RequestContext, ServiceError, second_factor};

/// Authenticates the request, and either refuses it or passes it on with its [`Visitor`] and [`RequestContext`] as
/// extensions.
pub async fn layer(State(pages): State<Pages>, session: Session, mut request: Request, next: Next) -> Response {
    let head = request.method() == Method::HEAD;
    let id = request.extensions().get::<RequestId>();
    let auth = match session_auth::authenticate(pages.state(), &session, request.headers()).await {
        Ok(auth) => auth,
        Err(error) => return error_page::failed(&*error, id),
    };
    let SessionAuth { user, second_step, second_step_expired, holds_flash } = auth;
    let (account, member) = user.unzip();
    let by = request_context::read(request.headers(), request.extensions(), &pages.state().config, member, second_step);
    let page = request.extensions().get::<MatchedPath>().and_then(|route| routes::page_at(route.as_str()));
    let visitor = Visitor { page, account, holds_flash };
    let mut response = match authorize(&request, &visitor, &by, second_step_expired) {
        Ok(()) => {
            request.extensions_mut().insert(visitor);
            request.extensions_mut().insert(by);
            next.run(request).await
        }
        Err(error) => pages.refuse(error, visitor.account, &by, &session, id).await,
    };
    if head {
        // axum does this only for some routes, and the headers of a compressed page differ from those of an empty one.
        *response.body_mut() = Body::empty();
    }
    // Files of `public` have a date and may be cached. Pages are specific to a user.
    let file = response.headers().contains_key(LAST_MODIFIED) || response.status() == StatusCode::NOT_MODIFIED;
    if !file {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn authorize(
    request: &Request,
    visitor: &Visitor,
    by: &RequestContext,
    second_step_expired: bool,
) -> Result<(), ServiceError> {
    let (method, path) = (request.method(), request.uri().path());
    if second_step_expired && method == Method::GET && path == paths::LOGIN_MFA {
        return Err(second_factor::waited_too_long().into());
    }
    let allowed = access::check(method, path, visitor.page.map(|page| page.access), by);
    if let Err(ServiceError::NotFound) = allowed {
        let account = by.member.as_ref().map(|member| display(member.account_id));
        tracing::warn!(event = "admin.denied", ip = %by.ip, account);
    }
    allowed
}
