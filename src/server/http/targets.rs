//! Request targets that no page, form or file of ours has, refused before
//! anything parses them.

use axum::extract::Request;
use axum::http::{StatusCode, Uri, Version};
use axum::response::Response;
use percent_encoding::percent_decode_str;

use super::fault;

/// Most octets of a path.
const PATH_MAX: usize = 1_024;
/// Most octets of a query: `next` has at most 512 characters.
const QUERY_MAX: usize = 2_048;

/// Answers an odd target with 400. hyper lets through more than paths, such as
/// `//[`, and what a URL parser, a proxy or a log makes of it differs: the
/// framework ends by a panic where its parser refuses. An address that can be
/// read and merely is not there goes on, to a 404.
///
/// # Errors
/// The answer to an odd target.
pub async fn layer(request: Request) -> Result<Request, Response> {
    if is_odd(request.uri(), request.version()) {
        return Err(fault::page(
            StatusCode::BAD_REQUEST,
            "Page not found",
            "Check that you typed the web address correctly.",
        ));
    }
    Ok(request)
}

fn is_odd(uri: &Uri, version: Version) -> bool {
    // To an origin server a client sends the path alone (RFC 9112, section 3.2.1); a whole URL is for a proxy, which
    // the portal is not. With HTTP/2 every request has scheme and authority.
    let not_a_path = version < Version::HTTP_2 && uri.authority().is_some();
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    not_a_path
        || path.len() > PATH_MAX
        || query.len() > QUERY_MAX
        || !path.starts_with('/')
        || path.starts_with("//")
        || path.contains(['\\', '[', ']'])
        || percent_decode_str(path).decode_utf8().map_or(true, |decoded| decoded.contains(is_unseen))
        // What a person types into a query, such as `100%`, may be malformed: its reader decides.
        || percent_decode_str(query).decode_utf8_lossy().contains(is_unseen)
}

/// Characters that no address of ours holds and that make a log or a page lie:
/// controls, and those that turn the direction of text (Unicode's property `Bidi_Control`).
fn is_unseen(c: char) -> bool {
    let bidi = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    bidi || c.is_control()
}

#[cfg(test)]
mod tests {
    use super::is_odd;
    use axum::http::{Uri, Version};

    fn odd(target: &str) -> bool {
        // What hyper itself refuses never comes here.
        target.parse::<Uri>().map_or(true, |uri| is_odd(&uri, Version::HTTP_11))
    }

    #[test]
    fn what_is_not_a_readable_path_is_odd() {
        for target in [
            "*",
            "//",
            "//[",
            "//evil.example/login",
            "http://evil.example/login",
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
            assert!(odd(target), "{target}");
        }
        assert!(odd(&format!("/{}", "a".repeat(1_024))));
        assert!(odd(&format!("/login?{}", "a=1&".repeat(10_000))));
    }

    #[test]
    fn what_can_be_read_is_not_odd_whether_it_is_there_or_not() {
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
            assert!(!odd(target), "{target}");
        }
    }

    #[test]
    fn over_http_2_every_target_names_its_host() {
        assert!(!is_odd(&Uri::from_static("https://portal.example.com/login"), Version::HTTP_2));
    }
}
