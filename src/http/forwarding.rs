//! The headers that proxies add to the requests they forward.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName};

use super::request_context;
use crate::state::AppState;

/// Returns the name of a header that a proxy added: `Forwarded` (RFC 7239), `Via` (RFC 9110), `X-Real-IP`, and all that
/// begin with `X-Forwarded`.
#[must_use]
pub fn header(headers: &HeaderMap) -> Option<&HeaderName> {
    let is_forwarding =
        |name: &str| matches!(name, "forwarded" | "via" | "x-real-ip") || name.starts_with("x-forwarded");
    headers.keys().find(|name| is_forwarding(name.as_str()))
}

/// Logs the first request of the process that came through a proxy which is not trusted. The header is ignored, so all
/// users of that proxy share its IP address. Later ones are not logged, because clients can send the header too.
pub fn warn_untrusted(request: &Request, state: &AppState) {
    if state.untrusted_proxy_seen.load(Ordering::Relaxed) {
        return;
    }
    let Some(&ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else { return };
    if request_context::is_trusted(peer.ip(), &state.config.site.trusted_proxies) {
        return;
    }
    let Some(header) = header(request.headers()) else { return };
    if !state.untrusted_proxy_seen.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            event = "proxy.untrusted", peer = %peer.ip(), %header,
            "a request with a forwarding header came from an IP address that is not in TRUSTED_PROXIES; if it is your \
             reverse proxy, add it there, or all users share its limits"
        );
    }
}
