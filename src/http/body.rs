//! Limits on POST bodies: one small form, with each field at most once.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONNECTION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::error_page;
use crate::domain::limits::BODY_MAX;
use crate::islands::{ApiError, Feedback};
use crate::routes;
use crate::routes::form::{RETRY, RequestId, wants_page};

/// Maximum number of fields in a form.
const FIELDS_MAX: usize = 32;
const TOO_LARGE: &str = "This form is too large. Shorten what you entered and try again.";
const TOO_SLOW: &str = "The form took too long to arrive. Try again.";

/// Answers a POST. Reads its body within `timeout`, rejects bodies that no form of the portal sends, and makes sure
/// that a plain form is answered with a 303 redirect or a page.
pub async fn answer(request: Request, timeout: Duration, next: Next) -> Response {
    let page = wants_page(request.headers());
    let path = request.uri().path().to_owned();
    let id = request.extensions().get::<RequestId>().cloned();
    let (parts, body) = request.into_parts();
    // Do not read a body whose announced size is already too large.
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > BODY_MAX {
        return unread(refuse(page, StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE));
    }
    let bytes = match tokio::time::timeout(timeout, to_bytes(body, BODY_MAX)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => return unread(refuse(page, StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE)),
        Err(_) => return unread(refuse(page, StatusCode::REQUEST_TIMEOUT, TOO_SLOW)),
    };
    if !bytes.is_empty() && !is_form(&parts.headers) {
        return refuse(page, StatusCode::UNSUPPORTED_MEDIA_TYPE, "This URL only accepts form submissions.");
    }
    if !is_plain(&bytes) {
        return refuse(page, StatusCode::BAD_REQUEST, "We couldn't read the form. Reload the page and try again.");
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    if page { as_page(response, &path, id.as_ref()) } else { response }
}

/// Adds `Connection: close`, because the rest of the body is not read.
fn unread(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Whether the body is valid UTF-8 and has at most [`FIELDS_MAX`] fields, each once and without
/// array syntax. Raw non-ASCII bytes come from no form, since browsers percent-encode them.
fn is_plain(body: &[u8]) -> bool {
    if std::str::from_utf8(body).is_err() {
        return false;
    }
    let mut names: Vec<_> = url::form_urlencoded::parse(body).map(|(name, _)| name).take(FIELDS_MAX + 1).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    count <= FIELDS_MAX && names.len() == count && !names.iter().any(|name| name.contains(['[', ']', '\0']))
}

/// Turns the response to a plain form into a page or a 303 redirect.
///
/// leptos redirects plain forms with a 302 to the `Referer`, with the error in the URL when the
/// arguments could not be parsed. That is replaced with a 303 to the form's own page.
fn as_page(mut response: Response, path: &str, id: Option<&RequestId>) -> Response {
    let id = id.map_or("none", |id| id.0.as_str());
    match response.status() {
        _ if response.headers().contains_key(RETRY) => error_page::wait(&response),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::INTERNAL_SERVER_ERROR => error_page::unavailable(id),
        StatusCode::FOUND => {
            let location = HeaderValue::from_str(routes::page_of(path)).unwrap_or(HeaderValue::from_static("/"));
            *response.status_mut() = StatusCode::SEE_OTHER;
            response.headers_mut().insert(LOCATION, location);
            response
        }
        _ => response,
    }
}

/// Rejects a POST before it reaches its server function, with a plain page or with JSON.
#[must_use]
pub fn refuse(page: bool, status: StatusCode, text: &str) -> Response {
    if page {
        return error_page::page(status, "We couldn't submit this form", text);
    }
    (status, Json(ApiError(Feedback::message(text)))).into_response()
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn a_form_has_each_field_once_and_no_arrays() {
        assert!(is_plain(b""));
        assert!(is_plain(b"username=ann&email=a%40x.example"));
        assert!(!is_plain(b"email=a&email=b"));
        assert!(!is_plain(b"email=a&%65mail=b"));
        assert!(!is_plain(b"email%5B%5D=a"));
        assert!(!is_plain(b"email[0]=a"));
        assert!(!is_plain(b"\x80") && is_plain(b"email=%80"));
        let many: String = (0..10_000).map(|n| format!("f{n}=1&")).collect();
        assert!(!is_plain(many.as_bytes()));
    }
}
