//! Code shared by the downloads.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{BoxError, Extension};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use tower_sessions::Session;

use super::{csv, error_page};
use crate::datetime::rfc3339;
use crate::domain::Timestamp;
use crate::paths;
use crate::routes::access;
use crate::routes::form::RequestId;
use crate::routes::session::pending_form::{self, PendingForm};
use crate::services::{RequestContext, ServiceError};
use crate::state::AppState;

/// The fields of a form.
pub type Fields = BTreeMap<String, String>;

/// The request of a download.
pub struct Download {
    pub state: AppState,
    pub by: RequestContext,
    pub id: RequestId,
    session: Session,
    /// The action of its form.
    form: String,
}

impl FromRequestParts<AppState> for Download {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        type Extracted = (Extension<RequestContext>, Extension<RequestId>, Session);
        let (Extension(by), Extension(id), session) = Extracted::from_request_parts(parts, state).await?;
        Ok(Self { state: state.clone(), by, id, session, form: parts.uri.path().to_owned() })
    }
}

impl Download {
    /// Returns the response when the download failed. `page` is the URL of the page with its form.
    pub async fn failed(self, error: ServiceError, page: String) -> Response {
        let Self { id, session, form, .. } = self;
        match error {
            ServiceError::ReauthenticationRequired => {
                let pending = PendingForm { form, page, ..PendingForm::default() };
                match pending_form::put(&session, &pending).await {
                    Ok(()) => see_other(paths::ACCOUNT_CONFIRM),
                    Err(error) => error_page::failed(&error, Some(&id)),
                }
            }
            ServiceError::Unauthenticated => see_other(&access::sign_in_url(&form)),
            // The user lost the administrator role after the request was authorized.
            ServiceError::NotFound => see_other(paths::HOME),
            error => error_page::failed(&error, Some(&id)),
        }
    }
}

/// Returns a response that the browser saves as the file `name`, which may contain letters, digits,
/// `-`, `_` and `.`.
pub fn attachment(name: &str, content_type: &'static str, body: Body) -> Response {
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body).into_response()
}

/// Returns a CSV file named after its content and time. It is streamed, so that only one batch of
/// rows is in memory. If a batch fails, the connection is closed, so that the browser reports a
/// failed download instead of keeping a truncated file.
pub fn csv_file<S, E>(what: &str, at: Timestamp, columns: &[&str], batches: S) -> Response
where
    S: Stream<Item = Result<Vec<Vec<String>>, E>> + Send + 'static,
    E: Into<BoxError> + 'static,
{
    let name = format!("{what}-{}.csv", rfc3339(at).replace(':', ""));
    let header = vec![columns.iter().map(|&column| column.to_owned()).collect()];
    let lines = stream::iter([Ok(header)])
        .chain(batches.map_err(Into::into))
        .map(|rows| Ok::<_, BoxError>(csv::lines(&rows?)?))
        .inspect_err(|error| tracing::error!(%error, "a download was aborted"));
    attachment(&name, "text/csv; charset=utf-8; header=present", Body::from_stream(lines))
}

fn see_other(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static(paths::HOME));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use futures_util::stream;

    use super::{attachment, csv_file};
    use crate::domain::Timestamp;

    #[tokio::test]
    async fn the_file_starts_with_the_header_and_keeps_the_row_order() {
        let batch = |numbers: std::ops::Range<u32>| Ok::<_, String>(numbers.map(|n| vec![n.to_string()]).collect());
        let batches = stream::iter([batch(0..500), batch(500..700)]);
        let answer = csv_file("rows", Timestamp(0), &["number"], batches);
        assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"rows-1970-01-01T000000Z.csv\"");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
        let expected: String = (0..700).map(|n| format!("\"{n}\"\r\n")).collect();
        assert_eq!(std::str::from_utf8(&body).expect("UTF-8"), format!("\"number\"\r\n{expected}"));
    }

    #[tokio::test]
    async fn a_failing_batch_aborts_the_download() {
        let batches = [Ok(vec![vec!["1".to_owned()]]), Err("no disk"), Ok(vec![vec!["2".to_owned()]])];
        let answer = csv_file("rows", Timestamp(0), &["number"], stream::iter(batches));
        assert!(to_bytes(answer.into_body(), usize::MAX).await.is_err());
    }

    #[test]
    fn an_invalid_file_name_is_left_out() {
        assert_eq!(attachment("a\r\nb", "text/csv", Body::empty()).headers()["content-disposition"], "attachment");
    }
}
