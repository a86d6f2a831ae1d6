//! Posts that another site makes a browser send.
//!
//! A browser attaches the cookies of the portal to a form wherever the form
//! stands; `SameSite=Lax` keeps some of that away, but neither another port or
//! subdomain of the same site, nor what needs no cookie: signing somebody in
//! to the attacker's account (ASVS 5.0, V3.5.1). So the browser is asked who
//! began the request, and nothing else works before it has answered.

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;

use super::{body, requester};
use crate::server::config::site::SiteConfig;
use crate::server::state::AppState;

/// Relation between who began a request and whom it is for (W3C Fetch Metadata, section 2.3).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const REFUSED: &str = "This form was sent from another site. Open the page again and retry.";
/// Most octets of a header that are logged.
const LOGGED_MAX: usize = 128;

/// Whether a request may change something. `TRACE` is not needed and not trusted.
#[must_use]
pub fn may_change(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Refuses what another site began, with 403 and before it is read: no
/// session, cookie, counter or body is touched.
///
/// # Errors
/// The answer to such a request.
pub async fn layer(State(state): State<AppState>, request: Request) -> Result<Request, Response> {
    if !may_change(request.method()) || is_our_own(request.headers(), &state.config.site) {
        return Ok(request);
    }
    let (parts, _) = request.into_parts();
    tracing::warn!(
        event = "cross_site.refused",
        ip = %requester::address(&parts.headers, &parts.extensions, &state.config),
        // Whatever somebody likes to write: quoted, escaped and short.
        site = ?said(&parts.headers, &SEC_FETCH_SITE),
        origin = ?said(&parts.headers, &ORIGIN),
        expected = %state.config.site.public_url.origin,
    );
    Err(body::refuse(body::wants_page(&parts.headers), StatusCode::FORBIDDEN, REFUSED))
}

/// Whether every header that says who began the request says that we did.
///
/// `none` is the person's own doing, such as sending a form again after the
/// browser was restarted. `same-site` is another origin, which somebody else
/// may hold; values that are not known yet are refused too.
///
/// `Sec-Fetch-Site` is not sent to plain http except on loopback, and not by
/// browsers before 2023; `Origin` is there in any case, so both are held
/// against what is ours, and one that is foreign or `null` decides.
///
/// With neither it was no browser that could be misled: for every method but
/// GET and HEAD browsers send `Origin`, whoever began the request (Fetch
/// standard, "append a request `Origin` header"; Chromium and Safari always
/// did, Firefox since version 70). Programs such as curl send neither, and hold
/// no one else's cookies. Go's `http.CrossOriginProtection` decides likewise.
fn is_our_own(headers: &HeaderMap, site: &SiteConfig) -> bool {
    let ours = |value: &HeaderValue| matches!(value.as_bytes(), b"same-origin" | b"none");
    headers.get_all(SEC_FETCH_SITE).iter().all(ours)
        && headers.get_all(ORIGIN).iter().all(|origin| is_our_origin(origin, headers, site))
}

/// In production ours is the origin of `PUBLIC_URL`. In development also that of
/// the request's `Host`, since the portal is opened as `localhost`, `127.0.0.1`
/// or by its address in the local network.
///
/// `Host` is sound for this: no page can set it, the browser writes there which
/// host it took the URL to name, and `Origin` whose page sent the form. The two
/// are equal only for a page of that very host and port, and the cookies that
/// come along are that host's. A name that its owner points at the portal's
/// address (DNS rebinding) passes, yet brings no cookie of the portal's, since
/// those belong to another name. In production `Host` is not asked: a proxy
/// may have written it, and it does not tell http from https.
fn is_our_origin(origin: &HeaderValue, headers: &HeaderMap, site: &SiteConfig) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    if origin == site.public_url.origin {
        return true;
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    !site.production && host.is_some() && origin.strip_prefix("http://") == host
}

fn said(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    Some(String::from_utf8_lossy(value.get(..LOGGED_MAX).unwrap_or(value)).into_owned())
}
