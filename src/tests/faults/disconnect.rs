//! Clients that disconnect at any point of a request.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::scene::{Posts, SETTINGS, long, registered, sqlite};
use crate::harness::app::PASSWORD;
use crate::harness::crash_state::CrashState;
use crate::harness::process::{Served, browser, solved_challenge};

/// The bytes of a registration request in HTTP/1.1.
async fn request(served: &Served, name: &str) -> Vec<u8> {
    let captcha = solved_challenge(&browser(), served, "/register").await;
    let fields =
        [("username", name), ("email", &format!("{name}@x.example")), ("password", PASSWORD), ("captcha", &captcha)];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let host = served.origin.trim_start_matches("http://");
    format!(
        "POST /register HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nAccept: text/html\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        served.origin,
        body.len()
    )
    .into_bytes()
}

async fn connect(served: &Served) -> TcpStream {
    TcpStream::connect(served.origin.trim_start_matches("http://")).await.expect("a connection")
}

#[tokio::test]
async fn a_client_that_disconnects_at_any_point_leaves_a_complete_registration_or_none() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("data")).expect("a folder");
    let url = sqlite(&folder.path().join("data/portal.db"));
    let served = Served::start(folder.path(), &[SETTINGS, &[("DATABASE_URL", url.as_str())]].concat()).await;
    // In the middle of sending the request.
    let length = request(&served, "probe").await.len();
    let mut cut = Vec::new();
    for part in 0..if long() { 40 } else { 10 } {
        let name = format!("cut{part}");
        let bytes = request(&served, &name).await;
        let end = (length * part / 40).min(bytes.len() - 1);
        connect(&served).await.write_all(&bytes[..end]).await.expect("it is sent");
        cut.push(name);
    }
    // Between the request and the response: while the server queues, hashes, writes or commits.
    let mut posts = Posts::default();
    for step in 0..if long() { 200 } else { 40 } {
        let bytes = request(&served, &format!("gone{step}")).await;
        let mut stream = connect(&served).await;
        stream.write_all(&bytes).await.expect("it is sent");
        let mut first = [0; 12];
        let patience = Duration::from_millis(step % 40 * 2);
        if tokio::time::timeout(patience, stream.read_exact(&mut first)).await.is_ok_and(|read| read.is_ok()) {
            assert_eq!(&first, b"HTTP/1.1 303");
            posts.acknowledged.insert(format!("gone{step}"));
        }
        // The connection closes with an unread response, the worst case for the server.
        drop(stream);
    }
    let well = posts.until_well(&served).await;
    posts.assert_none_lost("client gone", &url, well).await;
    let found = registered(&url).await;
    assert!(cut.iter().all(|name| !found.contains(name)), "an incomplete request has no effect: {found:?}");
    drop(served);
    let CrashState { registrations, whole, codes, mails, ref integrity, .. } = CrashState::of(folder.path()).await;
    assert_eq!([whole, codes, mails], [registrations; 3]);
    assert_eq!(integrity, "ok");
}
