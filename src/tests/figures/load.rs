//! HTTP/1.1 requests to a server over persistent connections. Unless noted
//! otherwise, every response must be 200.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Outcome;
use crate::data::PASSWORD;

pub(crate) type Request = hyper::Request<Full<Bytes>>;
pub(crate) type Answer = hyper::Response<Bytes>;

#[expect(clippy::disallowed_methods, reason = "measures time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// A request for a page, without compression.
pub(crate) fn get(path: &str) -> Outcome<Request> {
    Ok(hyper::Request::get(path).header(ACCEPT, "text/html").body(Full::default())?)
}

/// A sign-in as the page's script sends it.
pub(crate) fn sign_in(username: &str) -> Outcome<Request> {
    sign_in_with(username, PASSWORD)
}

/// As above, with any password.
pub(crate) fn sign_in_with(username: &str, password: &str) -> Outcome<Request> {
    form("/login", &[("identifier", username), ("password", password)])
}

/// A form post as the page's script sends it.
pub(crate) fn form(path: &str, fields: &[(impl AsRef<str>, impl AsRef<str>)]) -> Outcome<Request> {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = hyper::Request::post(path)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded;charset=UTF-8")
        .header("sec-fetch-site", "same-origin");
    Ok(request.body(Full::from(form))?)
}

/// As sent by a trusted proxy for a client with this IP address.
pub(crate) fn from_ip(mut request: Request, ip: &str) -> Outcome<Request> {
    request.headers_mut().insert("x-forwarded-for", HeaderValue::from_str(ip)?);
    Ok(request)
}

/// The cookies that a response sets, as a browser returns them.
pub(crate) fn cookies(answer: &Answer) -> String {
    let all = answer.headers().get_all(SET_COOKIE).iter();
    let pairs = all.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    pairs.collect::<Vec<_>>().join("; ")
}

pub(crate) fn with_cookies(mut request: Request, cookies: &str) -> Outcome<Request> {
    if !cookies.is_empty() {
        request.headers_mut().insert(COOKIE, HeaderValue::from_str(cookies)?);
    }
    Ok(request)
}

/// A persistent connection for one request after the other.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Ends with the sender, which also receives every error.
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_string().try_into()? })
    }

    /// Sends a request and reads the whole response, which must be 200.
    pub(crate) async fn send(&mut self, request: Request) -> Outcome<Answer> {
        let asked = request.uri().clone();
        let answer = self.ask(request).await?;
        if answer.status() != StatusCode::OK {
            let said = String::from_utf8_lossy(answer.body());
            return Err(format!("{asked} was answered with {}: {said}", answer.status()).into());
        }
        Ok(answer)
    }

    /// As above, with any status.
    pub(crate) async fn ask(&mut self, mut request: Request) -> Outcome<Answer> {
        request.headers_mut().insert(HOST, self.host.clone());
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        Ok(Answer::from_parts(head, body.collect().await?.to_bytes()))
    }
}

/// Sends one request over a connection of its own.
pub(crate) async fn once(address: SocketAddr, request: Request) -> Outcome<Answer> {
    Connection::open(address).await?.send(request).await
}

/// A closed loop: sends a request, waits for the response and sends it again, as
/// long as `more` returns true for the number of responses. Returns that number.
pub(crate) async fn repeat(address: SocketAddr, request: Request, more: impl Fn(u32) -> bool) -> Outcome<u32> {
    let mut connection = Connection::open(address).await?;
    let mut answers = 0;
    while more(answers) {
        connection.send(request.clone()).await?;
        answers += 1;
    }
    Ok(answers)
}

/// An open loop: sends a request at `first` and after each `interval`. Returns how
/// long after its scheduled time each was answered; a late response delays the
/// next request, and the delay counts toward that request's latency.
pub(crate) async fn probe(
    address: SocketAddr,
    request: Request,
    first: Instant,
    interval: Duration,
    until: Instant,
) -> Outcome<Vec<Duration>> {
    let mut connection = Connection::open(address).await?;
    let (mut due, mut latencies) = (first, Vec::new());
    while due < until {
        tokio::time::sleep_until(due.into()).await;
        connection.send(request.clone()).await?;
        latencies.push(due.elapsed());
        due += interval;
    }
    Ok(latencies)
}

/// All responses of loops that run in parallel.
pub(crate) async fn total(loops: JoinSet<Outcome<u32>>) -> Outcome<u32> {
    loops.join_all().await.into_iter().sum()
}
