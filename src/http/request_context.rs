//! Client information from a request's connection and headers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::header::USER_AGENT;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

use crate::config::Config;
use crate::routes::session::cookies;
use crate::services::{AuthenticatedUser, RequestContext};
use crate::store::sessions::SecondStep;

/// Maximum number of characters stored of a `User-Agent`.
const USER_AGENT_MAX: usize = 256;

/// Builds the requester of a request from its headers and what its session contains.
#[must_use]
pub fn read(
    headers: &HeaderMap,
    extensions: &Extensions,
    config: &Config,
    member: Option<AuthenticatedUser>,
    second_step: Option<SecondStep>,
) -> RequestContext {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let tokens = cookies::read(headers, config);
    RequestContext {
        ip: client_ip(headers, extensions, config),
        user_agent: agent.chars().filter(|c| !c.is_control()).take(USER_AGENT_MAX).collect(),
        flow: tokens.registration,
        invitation: tokens.invitation,
        recovery: tokens.recovery,
        device: tokens.device,
        trusted: tokens.trusted,
        member,
        second_step,
    }
}

/// Returns the client's IP address, from the connection and the `X-Forwarded-For` headers.
#[must_use]
pub fn client_ip(headers: &HeaderMap, extensions: &Extensions, config: &Config) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    resolve_client_ip(peer, headers, &config.site.trusted_proxies)
}

/// Whether `ip` belongs to a trusted proxy.
#[must_use]
pub fn is_trusted(ip: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|net| net.contains(&ip.to_canonical()))
}

/// Returns the last IP address in `X-Forwarded-For` that is not a trusted proxy, or the peer's if
/// the peer is not trusted.
fn resolve_client_ip(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return peer;
    }
    // Split as bytes, not text: an unreadable entry must not hide the entries that trusted proxies
    // added after it on the same line.
    let lines = headers.get_all("x-forwarded-for").iter();
    let hops = lines.flat_map(|line| line.as_bytes().split(|&byte| byte == b','));
    let mut nearest = peer;
    for hop in hops.collect::<Vec<_>>().into_iter().rev() {
        let read = std::str::from_utf8(hop).ok().and_then(|hop| hop.trim().parse::<IpAddr>().ok());
        let Some(ip) = read else { return nearest };
        nearest = ip.to_canonical();
        if !is_trusted(nearest, trusted) {
            return nearest;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::resolve_client_ip;
    use axum::http::{HeaderMap, HeaderValue};
    use std::net::IpAddr;

    fn client_ip(peer: &str, forwarded: &'static str, trusted: &str) -> IpAddr {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static(forwarded));
        let trusted: Vec<_> = trusted.split_whitespace().map(|net| net.parse().expect("a network")).collect();
        resolve_client_ip(peer.parse().expect("an IP address"), &headers, &trusted)
    }

    #[test]
    fn forwarded_headers_count_only_from_trusted_peers() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an IP address");
        assert_eq!(client_ip("192.0.2.1", "198.51.100.7", ""), ip("192.0.2.1"));
        assert_eq!(client_ip("10.0.0.1", "198.51.100.7", "10.0.0.0/8"), ip("198.51.100.7"));
        assert_eq!(client_ip("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "10.0.0.0/8"), ip("198.51.100.7"));
        assert_eq!(client_ip("::ffff:10.0.0.1", "198.51.100.7", "10.0.0.0/8"), ip("198.51.100.7"));
        assert_eq!(client_ip("10.0.0.1", "rubbish", "10.0.0.0/8"), ip("10.0.0.1"));
        assert_eq!(client_ip("10.0.0.1", "203.0.113.9, rubbish, 10.0.0.3", "10.0.0.0/8"), ip("10.0.0.3"));
    }

    #[test]
    fn an_entry_that_is_not_text_does_not_hide_later_ones() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("203.0.113.9"));
        let broken = HeaderValue::from_bytes(b"\xff, 198.51.100.7").expect("a valid header value");
        headers.append("x-forwarded-for", broken);
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        let peer = "10.0.0.1".parse().expect("an IP address");
        assert_eq!(resolve_client_ip(peer, &headers, &trusted).to_string(), "198.51.100.7");
    }
}
