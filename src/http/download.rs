//! Code shared by the CSV exports of the admin pages.

use std::fmt::Display;

use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tower_sessions::Session;
use url::form_urlencoded::Serializer;

use super::{csv, error_page};
use crate::domain::Timestamp;
use crate::paths;
use crate::routes::form::RequestId;
use crate::routes::session::pending_form::{self, PendingForm};
use crate::services::ServiceError;

/// Returns a CSV response with the rows of all batches, named after its content and time.
pub fn file<S, E>(what: &str, at: Timestamp, columns: &[&str], batches: S) -> Response
where
    S: Stream<Item = Result<Vec<Vec<String>>, E>> + Send + 'static,
    E: Display + Send + 'static,
{
    let name = format!("{what}-{}.csv", moment(at).replace(':', ""));
    let rows = batches.map_ok(|rows| stream::iter(rows.into_iter().map(Ok::<_, E>))).try_flatten();
    csv::stream(&name, columns, rows.boxed())
}

/// Returns the response when the export failed; `page` is the URL of the page with the export form.
pub async fn error_response(
    error: ServiceError,
    form: &str,
    page: String,
    session: &Session,
    id: &RequestId,
) -> Response {
    match error {
        ServiceError::ReauthenticationRequired => {
            let pending = PendingForm { form: form.to_owned(), page, values: Vec::new() };
            match pending_form::put(session, &pending).await {
                Ok(()) => see_other(paths::ACCOUNT_CONFIRM),
                Err(error) => error_page::failed(&error, Some(id)),
            }
        }
        // The user lost the administrator role after the request was authorized.
        ServiceError::NotFound => see_other(paths::HOME),
        error => error_page::failed(&error, Some(id)),
    }
}

/// Returns the URL of a page with these filters, without the empty ones.
#[must_use]
pub fn page_with(page: &str, filters: &[(&str, &str)]) -> String {
    let filters = filters.iter().filter(|(_, word)| !word.is_empty());
    let query = Serializer::new(String::new()).extend_pairs(filters).finish();
    if query.is_empty() { page.to_owned() } else { format!("{page}?{query}") }
}

/// Formats a time in UTC (RFC 3339).
#[must_use]
pub fn moment(at: Timestamp) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1_000)).ok();
    moment.and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}

fn see_other(to: &'static str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, HeaderValue::from_static(to))]).into_response()
}
