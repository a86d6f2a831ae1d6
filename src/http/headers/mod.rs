//! Security headers of every response.

pub mod policy;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use leptos::nonce::Nonce;

use super::csrf;
use crate::rng::Rng;
use policy::Policy;

/// Headers of every response, whatever its status.
const ALWAYS: [(HeaderName, &str); 6] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // `no-referrer` would make browsers send `Origin: null` with forms, which is rejected.
    (REFERRER_POLICY, "same-origin"),
    // For browsers too old for `frame-ancestors` in the policy; the pages work in those too.
    (X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
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

/// The headers that are the same for every response, built once. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Fixed(Arc<[(HeaderName, HeaderValue)]>);

impl Fixed {
    /// Returns the headers; with `https` they include `Strict-Transport-Security`.
    pub fn new(https: bool) -> Self {
        let transport = https.then_some((STRICT_TRANSPORT_SECURITY, TRANSPORT));
        Self(ALWAYS.into_iter().chain(transport).map(|(name, value)| (name, HeaderValue::from_static(value))).collect())
    }
}

/// Adds the headers that a response does not set itself.
pub async fn layer(State(fixed): State<Fixed>, request: Request, next: Next) -> Response {
    let changes = csrf::may_change(request.method());
    let mut response = next.run(request).await;
    let kept = !changes && (response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED);
    let policy = if is(&response, "image/svg+xml") { policy::IMAGE } else { policy::STRICT };
    let not_there = response.status() == StatusCode::NOT_FOUND;
    let headers = response.headers_mut();
    if not_there {
        // `Allow` would reveal that the path exists. Removed before others are added, because
        // removing an entry from the middle of a `HeaderMap` moves the last one into its place.
        headers.remove(ALLOW);
    }
    headers.reserve(fixed.0.len() + 2);
    for (name, value) in fixed.0.iter() {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(policy));
    if !kept {
        // Responses to forms, redirects and errors must not be cached.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// The Content Security Policy of pages and the source of its nonces. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pages {
    policy: Policy,
    rng: Rng,
}

impl Pages {
    pub fn new(policy: Policy, rng: Rng) -> Self {
        Self { policy, rng }
    }
}

/// Generates a nonce of 128 bits for each page (CSP level 3, section 7.1). It is stored in the request's
/// extensions for the renderer and added to the page's policy, and is used for this request only.
pub async fn pages(State(pages): State<Pages>, mut request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let nonce: Arc<str> = BASE64_URL_SAFE_NO_PAD.encode(pages.rng.bytes::<16>()).into();
    request.extensions_mut().insert(Nonce::from_value(Arc::clone(&nonce)));
    let mut response = next.run(request).await;
    if is(&response, "text/html") {
        let policy = || pages.policy.with(&nonce);
        response.headers_mut().entry(CONTENT_SECURITY_POLICY).or_insert_with(policy);
    }
    response
}

fn is(response: &Response, kind: &str) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(kind.as_bytes()))
}
