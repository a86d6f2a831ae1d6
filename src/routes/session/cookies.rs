//! The portal's cookies: the session, one for each flow, one that recognizes a browser, and one for
//! each account that trusts the browser.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use tower_sessions::cookie::{Cookie, SameSite};

use crate::config::Config;
use crate::crypto::FlowToken;
use crate::limits::DEVICE_RECOGNIZED;
use crate::services::Flow;

/// Recognizes a browser. It never authenticates anyone.
const DEVICE: &str = "portal_device";
/// Prefix of the names of trusted-browser cookies; an identifier of the account follows.
const TRUST: &str = "portal_trust_";
/// Binds a cookie to this host; requires https (RFC 6265bis, section 4.1.3.2).
const HOST: &str = "__Host-";
/// Maximum number of accounts that may trust the same browser.
const TRUSTED_MAX: usize = 8;

/// Returns the name of the session cookie.
#[must_use]
pub fn session_name(https: bool) -> &'static str {
    if https { "__Host-portal_session" } else { "portal_session" }
}

fn flow_name(flow: Flow) -> &'static str {
    match flow {
        Flow::Registration => "portal_flow",
        Flow::Recovery => "portal_recovery",
        Flow::Invitation => "portal_invitation",
    }
}

/// The tokens found in a request's cookies.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    pub registration: Option<FlowToken>,
    pub recovery: Option<FlowToken>,
    pub invitation: Option<FlowToken>,
    pub device: Option<FlowToken>,
    /// Pairs of the account identifier in the cookie's name and the token.
    pub trusted: Vec<(String, FlowToken)>,
}

/// Parses the tokens from a request's cookies.
#[must_use]
pub fn read(headers: &HeaderMap, config: &Config) -> Tokens {
    let prefix = if config.site.https() { HOST } else { "" };
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let ours: Vec<_> = pairs.filter_map(|(name, value)| Some((name.strip_prefix(prefix)?, value))).collect();
    // If a name occurs more than once, the first cookie counts, even when its value is invalid.
    let token = |name: &str| ours.iter().find(|(key, _)| *key == name).and_then(|(_, value)| FlowToken::parse(value));
    let accounts = ours.iter().filter_map(|(name, value)| Some((name.strip_prefix(TRUST)?.to_owned(), *value)));
    let trusted = accounts.filter_map(|(account, value)| Some((account, FlowToken::parse(value)?)));
    Tokens {
        registration: token(flow_name(Flow::Registration)),
        recovery: token(flow_name(Flow::Recovery)),
        invitation: token(flow_name(Flow::Invitation)),
        device: token(DEVICE),
        trusted: trusted.take(TRUSTED_MAX).collect(),
    }
}

/// Returns the `Set-Cookie` header that starts a flow.
#[must_use]
pub fn begin_flow(config: &Config, flow: Flow, token: &FlowToken) -> Option<HeaderValue> {
    let limits = &config.limits;
    let lifetime = match flow {
        Flow::Registration | Flow::Recovery => limits.registration_lifetime,
        // No invitation is valid for longer.
        Flow::Invitation => limits.invitation_lifetime,
    };
    set(config, flow_name(flow), token.to_cookie(), lifetime)
}

/// Returns the `Set-Cookie` header that ends a flow.
#[must_use]
pub fn end_flow(config: &Config, flow: Flow) -> Option<HeaderValue> {
    set(config, flow_name(flow), String::new(), Duration::ZERO)
}

/// Returns the `Set-Cookie` header that recognizes a browser.
#[must_use]
pub fn device(config: &Config, token: &FlowToken) -> Option<HeaderValue> {
    set(config, DEVICE, token.to_cookie(), DEVICE_RECOGNIZED)
}

/// Returns the `Set-Cookie` header by which `account` trusts a browser for `lifetime`.
#[must_use]
pub fn trust(config: &Config, account: &str, token: &FlowToken, lifetime: Duration) -> Option<HeaderValue> {
    set(config, &format!("{TRUST}{account}"), token.to_cookie(), lifetime)
}

fn set(config: &Config, name: &str, value: String, lifetime: Duration) -> Option<HeaderValue> {
    let https = config.site.https();
    let name = if https { format!("{HOST}{name}") } else { name.to_owned() };
    let cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(https)
        .max_age(time::Duration::try_from(lifetime).ok()?)
        .build();
    HeaderValue::from_str(&cookie.to_string()).ok()
}
