//! Requests of a browser on the portal's own machine.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::header::HOST;
use axum::http::{Extensions, HeaderMap};

use super::forwarding;
use crate::config::site::SiteConfig;

/// The host names under which a browser reaches its own machine.
const HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Whether the request comes from a browser on this machine that opened the portal under a name of this machine.
///
/// The connection alone does not prove it: a reverse proxy on this machine connects from loopback too, and adds a
/// forwarding header. A page of a foreign name that resolves to 127.0.0.1 (DNS rebinding) is sent with that name in
/// `Host`.
#[must_use]
pub fn is_local(headers: &HeaderMap, extensions: &Extensions, site: &SiteConfig) -> bool {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback())
        && names_this_machine(headers, site.address.port())
        && forwarding::header(headers).is_none()
}

/// Whether `Host` is a loopback name with the portal's own port. Browsers leave out port 80.
fn names_this_machine(headers: &HeaderMap, port: u16) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let Ok(host) = host.to_str() else { return false };
    HOSTS.iter().any(|name| match host.get(..name.len()).zip(host.get(name.len()..)) {
        Some((start, "")) => start.eq_ignore_ascii_case(name) && port == 80,
        Some((start, end)) => start.eq_ignore_ascii_case(name) && end == format!(":{port}"),
        None => false,
    })
}
