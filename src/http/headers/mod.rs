//! Security headers of every response.

pub mod policy;

use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

/// Headers of every response, whatever its status.
static ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // `no-referrer` would make browsers send `Origin: null` with forms, which is rejected.
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    // For browsers too old for `frame-ancestors` in the policy; the pages work in those too.
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
];

/// Disables the browser features that no page uses, also in any frame. Passkeys are allowed for the
/// portal itself.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), \
                           fullscreen=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), \
                           microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), \
                           usb=(), xr-spatial-tracking=(), publickey-credentials-create=(self), \
                           publickey-credentials-get=(self)";

/// Two years; ASVS 5.0, V3.4.1 asks for one. Its level 2 also asks for `includeSubDomains`, which
/// is left out: the portal is one host in a domain of the operator and cannot know whether
/// subdomains support https. Operators who know can replace the header in the reverse proxy.
const TRANSPORT: &str = "max-age=63072000";

/// Adds the headers that a response does not set itself. `change` tells whether the request may change something; such
/// responses are not cached.
pub fn add(response: &mut Response, https: bool, change: bool) {
    let kept = !change && (response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED);
    let image = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"image/svg+xml"));
    let policy = if image { policy::IMAGE } else { policy::STRICT };
    let not_there = response.status() == StatusCode::NOT_FOUND;
    let headers = response.headers_mut();
    if not_there {
        // `Allow` would reveal that the path exists. Removed before others are added, because
        // removing an entry from the middle of a `HeaderMap` moves the last one into its place.
        headers.remove(ALLOW);
    }
    headers.reserve(ALWAYS.len() + 4);
    for (name, value) in &ALWAYS {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if https {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static(TRANSPORT));
    }
    headers.entry(CONTENT_SECURITY_POLICY).or_insert_with(|| HeaderValue::from_static(policy));
    if !kept {
        // Responses to forms, redirects and errors must not be cached.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
