//! Protection against cross-site request forgery (CSRF).
//!
//! A browser sends the portal's cookies with a form no matter which site the form is on.
//! `SameSite=Lax` prevents part of that, but not posts from another port or subdomain of the same
//! site, and not attacks that need no cookie, such as signing a user in to the attacker's account
//! (ASVS 5.0, V3.5.1). So before anything else, the server checks the headers in which the browser
//! states the origin of a request that may change something.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;

use super::{body, local_request, request_context};
use crate::config::site::SiteConfig;
use crate::routes::form::wants_page;
use crate::state::AppState;

/// How the initiator of a request relates to its target (W3C Fetch Metadata, section 2.3).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const REFUSED: &str = "This form was sent from another site. Open the page again and retry.";
/// Maximum number of bytes of a header value that are logged.
const LOGGED_MAX: usize = 128;

/// Whether the method may change something. `TRACE` is included: it is not needed and not trusted.
#[must_use]
pub fn may_change(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Rejects cross-site requests with 403, before any session, cookie, counter or body is read.
#[must_use]
pub fn refuse(request: &Request, state: &AppState) -> Option<Response> {
    let headers = request.headers();
    if !may_change(request.method()) || is_our_own(headers, request.extensions(), &state.config.site) {
        return None;
    }
    tracing::warn!(
        event = "cross_site.refused",
        ip = %request_context::client_ip(headers, request.extensions(), &state.config),
        // Truncated, since the sender controls the values. The log writes texts with escaped control characters.
        site = header_value(headers, &SEC_FETCH_SITE),
        origin = header_value(headers, &ORIGIN),
        expected = %state.config.site.public_url.origin,
    );
    Some(body::refuse(wants_page(headers), StatusCode::FORBIDDEN, REFUSED))
}

/// Whether every header that names the initiator of the request names the portal.
///
/// `none` means that the user started the request, for example by resubmitting a form after a
/// browser restart. `same-site` is rejected because it is another origin that someone else may
/// control. Unknown values are rejected too.
///
/// Browsers send `Sec-Fetch-Site` over plain http only on loopback, and browsers from before 2023
/// do not send it at all. They always send `Origin`. So both headers are checked, and a foreign or
/// `null` value in either rejects the request.
///
/// A request with neither header is accepted, since it does not come from a browser: for every
/// method except GET and HEAD, browsers send `Origin` whatever the initiator is (Fetch standard,
/// "append a request `Origin` header"; Chromium and Safari always have, Firefox since version 70).
/// Clients such as curl send neither, and have no other user's cookies. Go's
/// `http.CrossOriginProtection` follows the same rules.
fn is_our_own(headers: &HeaderMap, extensions: &Extensions, site: &SiteConfig) -> bool {
    let ours = |value: &HeaderValue| matches!(value.as_bytes(), b"same-origin" | b"none");
    headers.get_all(SEC_FETCH_SITE).iter().all(ours)
        && headers.get_all(ORIGIN).iter().all(|origin| is_our_origin(origin, headers, extensions, site))
}

/// Whether `origin` is the portal's own: the origin of `PUBLIC_URL`, and in development also that
/// of the request's `Host`, because developers open the portal as `localhost` or as `127.0.0.1`.
///
/// The comparison with `Host` is safe: a page cannot set that header. The browser sets `Host` to
/// the host that the URL names, and `Origin` to the origin of the page with the form. They match
/// only for a page of that host and port, and the browser sends only that host's cookies. Only
/// [local requests](local_request::is_local) are compared, so a foreign host name that resolves to
/// the portal's IP address (DNS rebinding) does not pass. In production `Host` is ignored: a proxy
/// may have rewritten it, and it does not distinguish http from https.
fn is_our_origin(origin: &HeaderValue, headers: &HeaderMap, extensions: &Extensions, site: &SiteConfig) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    if origin == site.public_url.origin {
        return true;
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    !site.production
        && host.is_some()
        && origin.strip_prefix("http://") == host
        && local_request::is_local(headers, extensions, site)
}

fn header_value(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    Some(String::from_utf8_lossy(value.get(..LOGGED_MAX).unwrap_or(value)).into_owned())
}
