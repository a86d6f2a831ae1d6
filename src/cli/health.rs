//! `portal health`: asks the portal on this machine whether it is well, for containers without an HTTP client.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::{Failure, say};
use crate::config;
use crate::paths;

/// The longest wait for a connection, and for each part of the answer. `/readyz` takes up to 10 seconds.
const LIMIT: Duration = Duration::from_secs(15);
/// Maximum number of bytes read of an answer.
const ANSWER_MAX: u64 = 16 * 1_024;

/// Fails unless `/readyz`, or `/livez` if `live` is set, answers 200. Only `LEPTOS_SITE_ADDR` is read.
pub(super) fn run(live: bool) -> Result<(), Failure> {
    let address = reachable(config::listen_address()?);
    let path = if live { paths::LIVEZ } else { paths::READYZ };
    let answer = ask(address, path).map_err(|error| format!("http://{address}{path}: {error}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    match head.split(' ').nth(1) {
        Some("200") => say!("{}", body.trim())?,
        status => {
            let status = status.unwrap_or("not an HTTP answer");
            return Err(format!("http://{address}{path}: {status}: {}", body.trim()).into());
        }
    }
    Ok(())
}

fn ask(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    // In one piece: a server that answers early closes the connection before it has read a second one.
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(ANSWER_MAX).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A portal that listens on all addresses is reached at the loopback one.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}
