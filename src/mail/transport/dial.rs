//! TCP and TLS connections to the mail server.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use lettre::transport::smtp::client::AsyncTokioStream;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower::{Service as _, ServiceExt as _};

/// How long the first address family is tried before the other one is tried as well (RFC 8305, section 8).
const HAPPY_EYEBALLS: Duration = Duration::from_millis(250);
/// A connection on which nothing arrives is tested after this long, because a firewall or a restarted network may have
/// dropped it without a word.
const KEEPALIVE: Duration = Duration::from_secs(10);
/// The pause between the tests, and how many may fail.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVE_RETRIES: u32 = 3;

/// Opens connections to one host and port.
#[derive(Clone)]
pub(super) struct Dialer {
    tcp: HttpConnector,
    uri: Uri,
    /// Only for TLS from the first byte.
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

/// Why the mail server cannot be connected to.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    #[error("{0}")]
    Uri(#[from] hyper::http::Error),
    #[error("{0}")]
    Name(#[from] InvalidDnsNameError),
    #[error("{0}")]
    Tls(#[from] rustls::Error),
}

impl Dialer {
    /// Creates a dialer. With `implicit_tls`, connections are encrypted from the first byte, and the server's
    /// certificate must come from an authority of the system or of `roots`.
    pub(super) fn new(
        host: &str,
        port: u16,
        implicit_tls: bool,
        roots: &[CertificateDer<'static>],
    ) -> Result<Self, DialError> {
        let authority = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        let uri = Uri::builder().scheme("smtp").authority(authority).path_and_query("/").build()?;
        let tls = if implicit_tls {
            let name = ServerName::try_from(host.to_owned())?;
            Some((TlsConnector::from(Arc::new(tls_config(roots)?)), name))
        } else {
            None
        };
        Ok(Self { tcp: with_options(HttpConnector::new()), uri, tls })
    }

    /// Connects, over IPv6 or IPv4, whichever answers first. Has no time limit of its own.
    pub(super) async fn connect(&self) -> io::Result<Box<dyn AsyncTokioStream>> {
        let mut tcp = self.tcp.clone();
        let stream = tcp.ready().await.map_err(io::Error::other)?.call(self.uri.clone()).await;
        let stream = stream.map_err(|error| io::Error::other(root_cause(&error)))?.into_inner();
        match &self.tls {
            None => Ok(Box::new(stream)),
            Some((tls, name)) => Ok(Box::new(Encrypted(tls.connect(name.clone(), stream).await?))),
        }
    }
}

fn with_options<R>(mut tcp: HttpConnector<R>) -> HttpConnector<R> {
    // Not only for HTTP: it connects to whatever host and port the URI names.
    tcp.enforce_http(false);
    tcp.set_happy_eyeballs_timeout(Some(HAPPY_EYEBALLS));
    tcp.set_keepalive(Some(KEEPALIVE));
    tcp.set_keepalive_interval(Some(KEEPALIVE_INTERVAL));
    tcp.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
    tcp.set_nodelay(true);
    tcp
}

/// Trusts the same authorities as lettre does for STARTTLS.
fn tls_config(roots: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for root in roots {
        store.add(root.clone())?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(store).with_no_client_auth())
}

/// Returns what the operating system or the resolver says, without the layers around it.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").field("uri", &self.uri).finish_non_exhaustive()
    }
}

/// A TLS connection, in the form that lettre takes.
#[derive(Debug)]
struct Encrypted(TlsStream<TcpStream>);

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, ready};
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
    use std::time::Duration;

    use hyper::Uri;
    use hyper_util::client::legacy::connect::HttpConnector;
    use tokio::net::{TcpListener, TcpSocket, TcpStream};
    use tower::ServiceExt as _;

    use super::{Dialer, with_options};

    #[tokio::test]
    async fn an_ipv6_address_that_does_not_answer_does_not_keep_email_from_ipv4() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let port = server.local_addr().expect("an address").port();
        // The queue of a listener that accepts nothing holds two connections. Further ones get no answer.
        let silent = TcpSocket::new_v6().expect("a socket");
        silent.bind((Ipv6Addr::LOCALHOST, port).into()).expect("the same port");
        let silent = silent.listen(1).expect("a listener");
        let mut queued = Vec::new();
        for _ in 0..2 {
            queued.push(TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await.expect("queued"));
        }
        let addresses = [IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)];
        let resolver = tower::service_fn(move |_| -> Ready<std::io::Result<_>> {
            ready(Ok(addresses.map(|address| SocketAddr::new(address, 0)).into_iter()))
        });
        let tcp = with_options(HttpConnector::new_with_resolver(resolver));
        let uri: Uri = format!("smtp://mail.example:{port}/").parse().expect("a URI");
        let stream = tokio::time::timeout(Duration::from_secs(2), tcp.oneshot(uri)).await.expect("in time");
        assert!(stream.expect("a connection").into_inner().peer_addr().expect("an address").is_ipv4());
        drop((silent, queued));
    }

    #[test]
    fn every_host_of_an_smtp_url_can_be_dialed() {
        for host in ["mail.example", "mail_1", "127.0.0.1", "::1", "xn--bcher-kva.example"] {
            for implicit_tls in [false, true] {
                let dialer = Dialer::new(host, 465, implicit_tls, &[]);
                dialer.unwrap_or_else(|error| panic!("{host}: {error}"));
            }
        }
    }
}
