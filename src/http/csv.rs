//! CSV downloads (RFC 4180), safe to open in spreadsheets.

use std::fmt::Display;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, Stream, StreamExt as _};

/// Maximum number of rows per chunk of the response body.
const ROWS_PER_CHUNK: usize = 500;

/// Returns a CSV file as a streaming response, so that only one chunk of it is in memory. If a row
/// fails, the connection is closed, so that the browser reports a failed download instead of
/// keeping a truncated file.
///
/// `filename` may contain letters, digits, `-`, `_` and `.`.
pub fn stream<S, E>(filename: &str, header: &[&str], rows: S) -> Response
where
    S: Stream<Item = Result<Vec<String>, E>> + Send + 'static,
    E: Display + Send + 'static,
{
    let header = record(header);
    let chunks = rows.ready_chunks(ROWS_PER_CHUNK).map(|rows| {
        let mut chunk = String::new();
        for row in rows {
            let row = row.map_err(|error| {
                tracing::error!(%error, "a download was aborted");
                Aborted
            })?;
            chunk.push_str(&record(&row));
        }
        Ok(chunk)
    });
    let body = Body::from_stream(stream::iter([Ok::<_, Aborted>(header)]).chain(chunks));
    let name = HeaderValue::try_from(format!("attachment; filename=\"{filename}\""));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment"))),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body).into_response()
}

/// Ends the response body early. The cause is in the log.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the download was aborted")]
struct Aborted;

/// Formats one line of the file. Every cell is quoted, so no content can start a new cell,
/// whichever separator a spreadsheet uses.
#[must_use]
pub fn record(cells: &[impl AsRef<str>]) -> String {
    let mut line = String::new();
    for (index, cell) in cells.iter().enumerate() {
        let cell = cell.as_ref();
        line.push_str(if index == 0 { "\"" } else { ",\"" });
        if is_formula(cell) {
            line.push('\'');
        }
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    }
    line.push_str("\r\n");
    line
}

/// Whether a spreadsheet could treat the value as a formula, judging by its first character,
/// including fullwidth forms (OWASP, CSV Injection). A leading apostrophe turns it into text.
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use futures_util::stream;

    use super::{record, stream as csv};

    #[test]
    fn every_cell_is_quoted_and_its_quotes_are_doubled() {
        assert_eq!(
            record(&["a", "", "b,c;d", "say \"yes\"", "two\r\nlines"]),
            "\"a\",\"\",\"b,c;d\",\"say \"\"yes\"\"\",\"two\r\nlines\"\r\n"
        );
        assert_eq!(record(&["\""]), "\"\"\"\"\r\n");
    }

    #[test]
    fn cells_that_look_like_formulas_become_text() {
        for formula in
            ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "=HYPERLINK(\"x\")"]
        {
            assert!(record(&[formula]).starts_with(&format!("\"'{}", &formula.replace('"', "\"\""))), "{formula}");
        }
        for text in ["1-1", "a=b", "'=1", " =1", "2026-11-23"] {
            assert_eq!(record(&[text]), format!("\"{text}\"\r\n"));
        }
    }

    #[tokio::test]
    async fn the_file_starts_with_the_header_and_keeps_the_row_order() {
        let rows = (0..1_234).map(|n| Ok::<_, String>(vec![n.to_string()]));
        let answer = csv("rows.csv", &["number"], stream::iter(rows));
        assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"rows.csv\"");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
        let lines: Vec<_> = std::str::from_utf8(&body).expect("UTF-8").lines().map(str::to_owned).collect();
        let expected = std::iter::once("\"number\"".to_owned()).chain((0..1_234).map(|n| format!("\"{n}\"")));
        assert_eq!(lines, expected.collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_failing_row_aborts_the_download() {
        let rows = [Ok(vec!["1".to_owned()]), Err("no disk"), Ok(vec!["2".to_owned()])];
        let answer = csv("rows.csv", &["number"], stream::iter(rows));
        assert!(to_bytes(answer.into_body(), usize::MAX).await.is_err());
    }

    #[tokio::test]
    async fn an_invalid_file_name_is_left_out() {
        let rows = stream::iter(Vec::<Result<Vec<String>, String>>::new());
        assert_eq!(csv("a\r\nb", &["x"], rows).headers()["content-disposition"], "attachment");
    }
}
