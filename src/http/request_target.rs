//! Rejects malformed request targets before anything parses them.

use axum::extract::Request;
use axum::http::header::{ALLOW, HOST};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Method, StatusCode, Uri, Version};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;

use super::error_page;

/// Maximum number of bytes of a path.
const PATH_MAX: usize = 1_024;
/// Maximum number of bytes of a query; `next` has at most 512 characters.
const QUERY_MAX: usize = 2_048;

/// Turns a full URL as the target, which clients send to a proxy and servers must accept, into its path. The host of the
/// URL replaces that of the `Host` header (RFC 9112, section 3.2.2).
pub fn use_origin_form(request: &mut Request) {
    let uri = request.uri();
    if request.version() >= Version::HTTP_2 || !matches!(uri.scheme_str(), Some("http" | "https")) {
        return;
    }
    let host = uri.authority().map(Authority::as_str).filter(|host| !host.contains('@'));
    let Some(host) = host.and_then(|host| HeaderValue::from_str(host).ok()) else { return };
    let Some(path) = uri.path_and_query().cloned() else { return };
    request.headers_mut().insert(HOST, host);
    *request.uri_mut() = Uri::from(path);
}

/// Answers `OPTIONS *`, a question about the server as a whole (RFC 9110, section 9.3.7).
fn answer_server_options(request: &Request) -> Option<Response> {
    let asked = request.method() == Method::OPTIONS && request.uri() == "*";
    asked.then(|| (StatusCode::NO_CONTENT, [(ALLOW, "GET, HEAD, POST, OPTIONS")]).into_response())
}

/// Rejects a malformed target with 400. hyper accepts more than paths, such as `//[`, and URL
/// parsers, proxies and logs disagree about what that means; leptos panics when its parser fails. A
/// well-formed path passes, even if no page has it.
#[must_use]
pub fn refuse(request: &Request) -> Option<Response> {
    answer_server_options(request).or_else(|| {
        is_malformed(request.uri(), request.version()).then(|| {
            let text = "Check that you typed the web address correctly.";
            error_page::page(StatusCode::BAD_REQUEST, "Page not found", text)
        })
    })
}

fn is_malformed(uri: &Uri, version: Version) -> bool {
    // What is left after `use_origin_form`: a URL with a password or another scheme, and the target of `CONNECT`.
    // HTTP/2 requests always have a scheme and an authority.
    let not_a_path = version < Version::HTTP_2 && uri.authority().is_some();
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    not_a_path
        || path.len() > PATH_MAX
        || query.len() > QUERY_MAX
        || !path.starts_with('/')
        || path.starts_with("//")
        || path.contains(['\\', '[', ']'])
        || percent_decode_str(path).decode_utf8().map_or(true, |decoded| decoded.contains(is_misleading))
        // Users may type malformed text such as `100%` into a query. The code that reads the query handles it.
        || percent_decode_str(query).decode_utf8_lossy().contains(is_misleading)
}

/// Whether the character can make a log or a page misleading: a control character, or one that
/// changes the text direction (Unicode's `Bidi_Control`). No URL of the portal contains any.
fn is_misleading(c: char) -> bool {
    let bidi = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    bidi || c.is_control()
}

#[cfg(test)]
mod tests {
    use super::is_malformed;
    use axum::http::{Uri, Version};

    fn malformed(target: &str) -> bool {
        // hyper itself rejects these.
        target.parse::<Uri>().map_or(true, |uri| is_malformed(&uri, Version::HTTP_11))
    }

    #[test]
    fn malformed_targets_are_rejected() {
        for target in [
            "*",
            "//",
            "//[",
            "//evil.example/login",
            "http://user@evil.example/login",
            "evil.example:443",
            "/\\evil.example",
            "/[",
            "/%00",
            "/login%0d%0aSet-Cookie:x",
            "/%7f",
            "/%c2%85",
            "/%e2%80%ae",
            "/%E2%81%A6a",
            "/%ff",
            "/%c0%af",
            "/login?next=%00",
            "/login?next=/%0a",
            "/login?next=%e2%80%8f",
        ] {
            assert!(malformed(target), "{target}");
        }
        assert!(malformed(&format!("/{}", "a".repeat(1_024))));
        assert!(malformed(&format!("/login?{}", "a=1&".repeat(10_000))));
    }

    #[test]
    fn well_formed_targets_pass_whether_or_not_they_exist() {
        for target in [
            "/",
            "/login?next=/dashboard",
            "/nowhere",
            "/%C3%A9",
            "/a%20b",
            "/%2e%2e/x",
            "/100%",
            "/%zz",
            "/x?q=100%&r=%ff",
        ] {
            assert!(!malformed(target), "{target}");
        }
    }

    #[test]
    fn http_2_targets_may_have_an_authority() {
        assert!(!is_malformed(&Uri::from_static("https://portal.example.com/login"), Version::HTTP_2));
    }
}
