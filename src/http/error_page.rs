//! A plain error page, used when the portal itself fails.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

use crate::routes::form::{BUSY, RequestId, TOO_MANY};

/// Returns an error page that depends on no other file, so it works whatever is broken.
#[must_use]
pub fn page(status: StatusCode, title: &str, text: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title></head>\
         <body><main><h1>{title}</h1><p>{text}</p><p><a href=\"/\">Go to the home page</a></p></main></body></html>"
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Logs an internal error, and returns the response to it.
#[must_use]
pub fn failed(error: &dyn std::error::Error, id: Option<&RequestId>) -> Response {
    tracing::error!(%error, "a request failed");
    unavailable(id.map_or("none", |id| id.0.as_str()))
}

/// Returns the response to an internal error, with the request ID to look up in the log.
#[must_use]
pub fn unavailable(request_id: &str) -> Response {
    let text = format!("Something went wrong on our side. Please try again in a moment. Reference: {request_id}.");
    let mut response = page(StatusCode::SERVICE_UNAVAILABLE, "Something went wrong", &text);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// Returns the page for a plain form that was rejected unprocessed, with the status and
/// `Retry-After` of `response`.
#[must_use]
pub fn wait(response: &Response) -> Response {
    let too_many = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let (title, text) = if too_many { ("Too many requests", TOO_MANY) } else { ("The portal is busy", BUSY) };
    let mut page = page(response.status(), title, text);
    if let Some(wait) = response.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    page
}
