//! Rate limiting of POST requests by IP prefix.

use std::time::Duration;

use axum::Json;
use axum::extract::Request;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::access_log::SkipAccessLog;
use super::{error_page, request_context};
use crate::islands::{ApiError, Feedback};
use crate::routes::form::wants_page;
use crate::state::AppState;

/// Rejects POST requests over the limit with 429, before their body is read or the database queried.
#[must_use]
pub fn refuse(request: &Request, state: &AppState) -> Option<Response> {
    if request.method() != Method::POST {
        return None;
    }
    let limiter = &state.rate_limiter;
    if limiter.is_cleanup_due() {
        let state = state.clone();
        // Runs in the background, so that no request waits for it.
        drop(tokio::task::spawn_blocking(move || state.rate_limiter.remove_full()));
    }
    let ip = request_context::client_ip(request.headers(), request.extensions(), &state.config);
    let wait = limiter.check(ip.into()).err()?;
    if let Some(refused) = limiter.count_refusal() {
        tracing::warn!(event = "posts.limited", %ip, refused, "an IP address sent more forms than the limit allows");
    }
    let mut response = too_many(wants_page(request.headers()), wait);
    response.extensions_mut().insert(SkipAccessLog);
    Some(response)
}

fn too_many(page: bool, wait: Duration) -> Response {
    let what = "Too many requests from your network.";
    let feedback = Feedback::until(what, wait);
    let seconds = feedback.retry_after.unwrap_or(1);
    let mut response = if page {
        let unit = if seconds == 1 { "second" } else { "seconds" };
        let text = format!("{what} Try again in {seconds} {unit}.");
        error_page::page(StatusCode::TOO_MANY_REQUESTS, "Too many requests", &text)
    } else {
        (StatusCode::TOO_MANY_REQUESTS, Json(ApiError(feedback))).into_response()
    };
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}
