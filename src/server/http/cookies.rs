//! The two cookies there are.

use axum::http::HeaderValue;
use tower_sessions::cookie::{Cookie, SameSite};

use crate::server::config::Config;
use crate::server::crypto::FlowToken;

/// The session cookie's name. Over https the prefix binds it to this host
/// alone (RFC 6265bis, section 4.1.3.2).
#[must_use]
pub fn session_name(https: bool) -> &'static str {
    if https { "__Host-portal_session" } else { "portal_session" }
}

/// The flow cookie's name.
#[must_use]
pub fn flow_name(https: bool) -> &'static str {
    if https { "__Host-portal_flow" } else { "portal_flow" }
}

/// The value of the cookie `name` in a `Cookie` header.
#[must_use]
pub fn value<'h>(header: &'h HeaderValue, name: &str) -> Option<&'h str> {
    let pairs = header.to_str().ok()?.split(';');
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The header that gives a browser its flow.
#[must_use]
pub fn begin_flow(config: &Config, token: &FlowToken) -> Option<HeaderValue> {
    let lifetime = time::Duration::try_from(config.limits.registration_lifetime).ok()?;
    header(config, token.to_cookie(), lifetime)
}

/// The header that takes a browser's flow away.
#[must_use]
pub fn end_flow(config: &Config) -> Option<HeaderValue> {
    header(config, String::new(), time::Duration::ZERO)
}

fn header(config: &Config, value: String, lifetime: time::Duration) -> Option<HeaderValue> {
    let https = config.site.https();
    let cookie = Cookie::build((flow_name(https), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(https)
        .max_age(lifetime)
        .build();
    HeaderValue::from_str(&cookie.to_string()).ok()
}
