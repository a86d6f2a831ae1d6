//! The headers that proxies add to the requests they forward.

use axum::http::{HeaderMap, HeaderName};

/// Returns the name of a header that a proxy added: `Forwarded` (RFC 7239), `Via` (RFC 9110), `X-Real-IP`, and all that
/// begin with `X-Forwarded`.
#[must_use]
pub fn header(headers: &HeaderMap) -> Option<&HeaderName> {
    let is_forwarding =
        |name: &str| matches!(name, "forwarded" | "via" | "x-real-ip") || name.starts_with("x-forwarded");
    headers.keys().find(|name| is_forwarding(name.as_str()))
}
