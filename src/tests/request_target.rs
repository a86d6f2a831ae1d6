//! Odd request targets, from a test client and as raw bytes on a socket.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HOST, ORIGIN};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const FORM: &str = "application/x-www-form-urlencoded";

use super::harness::TestApp;
use super::harness::process::Served;

#[tokio::test]
async fn an_unreadable_url_is_a_400_before_anything_else() {
    let app = TestApp::new().await;
    let mut client = app.form();
    let long_path = format!("/{}", "a".repeat(1_024));
    let long_query = format!("/login?{}", "a=1&".repeat(10_000));
    for target in [
        "*",
        "//",
        "//[",
        "//evil.example/login",
        "/[",
        "/\\evil.example",
        "http://user:password@127.0.0.1/login",
        "ftp://127.0.0.1/login",
        "http://127.0.0.1//[",
        "/%00",
        "/login%0d%0aSet-Cookie:%20a=b",
        "/%e2%80%ae",
        "/%ff",
        "/login?next=%00",
        "/login?next=/%0d%0aLocation:%20//evil.example",
        "/dev/mailbox/%00",
        "/pkg/%00.css",
        &long_path,
        &long_query,
    ] {
        for method in ["GET", "HEAD", "POST", "OPTIONS"] {
            if (method, target) == ("OPTIONS", "*") {
                continue;
            }
            let request = Request::builder().method(method).uri(target).header(ACCEPT, "text/html");
            let answer = client.send(request, Body::empty()).await;
            assert_eq!(answer.status, 400, "{method} {target}");
            assert!(
                method == "HEAD" || answer.body.contains("Check that you typed the web address correctly."),
                "{method} {target}"
            );
        }
    }
    assert_eq!(client.get("/livez").await.status, 200);
}

#[tokio::test]
async fn a_full_url_is_the_same_as_its_path_and_its_host_counts() {
    let app = TestApp::new().await;
    let mut client = app.form();
    for (target, status) in [
        ("http://127.0.0.1:3000/livez", 200),
        ("HTTP://127.0.0.1:3000/login?next=/account", 200),
        ("https://portal.example.com/login", 200),
        ("http://127.0.0.1:3000", 200),
        ("http://127.0.0.1:3000/nowhere", 404),
        ("http://127.0.0.1:3000/dashboard", 303),
    ] {
        for method in ["GET", "HEAD"] {
            let request = Request::builder().method(method).uri(target).header(ACCEPT, "text/html");
            assert_eq!(client.send(request, Body::empty()).await.status, status, "{method} {target}");
        }
    }
    // In development the origin of a form may be the host that the browser named.
    for (target, host, status) in
        [("http://localhost:3000/login", "evil.example", 303), ("http://evil.example/login", "localhost:3000", 403)]
    {
        let request = Request::builder().method("POST").uri(target).header(HOST, host).header(ACCEPT, "text/html");
        let request = request.header(ORIGIN, "http://localhost:3000").header(CONTENT_TYPE, FORM);
        let answer = app.form().at_ip("127.0.0.1").send(request, Body::from("identifier=ann&password=x")).await;
        assert_eq!(answer.status, status, "{target}, not {host}");
    }
}

#[tokio::test]
async fn options_of_the_server_as_a_whole_names_the_methods() {
    let app = TestApp::new().await;
    let mut client = app.form();
    let answer = client.send(Request::builder().method("OPTIONS").uri("*"), Body::empty()).await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (204, Some("GET, HEAD, POST, OPTIONS")));
    for method in ["GET", "HEAD", "POST"] {
        let answer = client.send(Request::builder().method(method).uri("*"), Body::empty()).await;
        assert_eq!(answer.status, 400, "{method}");
    }
}

#[tokio::test]
async fn an_unknown_url_is_a_404() {
    let app = TestApp::new().await;
    let mut client = app.form();
    for target in [
        "/nowhere",
        "/%C3%A9",
        "/a%20b",
        "/%2e%2e/etc/passwd",
        "/..%2f..%2fetc",
        "/%5cevil.example",
        "/%2f/x",
        "/100%",
        "/%zz",
    ] {
        assert_eq!(client.get(target).await.status, 404, "{target}");
    }
}

#[tokio::test]
async fn malformed_percent_encoding_never_causes_a_server_error() {
    let app = TestApp::new().await;
    let mut client = app.form();
    for path in ["/", "/login", "/register", "/verify", "/dashboard", "/pkg/", "/dev/mailbox/", "/nowhere/"] {
        for tail in ["%", "%z", "%zz", "%0", "%e2%80", "%f5%80%80%80", "%ed%a0%80", "%%%", "%u0041"] {
            for target in [format!("{path}{tail}"), format!("{path}?{tail}={tail}&next={tail}&__err={tail}")] {
                for method in ["GET", "HEAD", "POST"] {
                    let request = Request::builder().method(method).uri(&target).header(ACCEPT, "text/html");
                    let status = client.send(request, Body::empty()).await.status;
                    assert!(!status.is_server_error(), "{method} {target}: {status}");
                }
            }
        }
    }
}

#[tokio::test]
async fn raw_bytes_in_place_of_a_path_are_a_400_and_the_process_keeps_running() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut served = Served::start(folder.path(), &[]).await;
    let address = served.origin.trim_start_matches("http://").to_owned();
    for line in [
        &b"GET // HTTP/1.1"[..],
        b"GET //[ HTTP/1.1",
        b"GET http://[/ HTTP/1.1",
        b"GET http://user@127.0.0.1/login HTTP/1.1",
        b"CONNECT evil.example:443 HTTP/1.1",
        b"GET * HTTP/1.1",
        b"GET evil.example HTTP/1.1",
        b"GET /\\evil HTTP/1.1",
        b"GET /\x00 HTTP/1.1",
        b"GET /\xff HTTP/1.1",
        b"GET /\xe2\x80\xae HTTP/1.1",
        b"GET /%00 HTTP/1.1",
        b"POST /login%0a HTTP/1.1",
    ] {
        let mut socket = TcpStream::connect(&address).await.expect("the server listens");
        let request = [line, b"\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"].concat();
        socket.write_all(&request).await.expect("the server reads the request");
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.expect("an answer");
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 400 "), "{}: {answer}", line.escape_ascii());
    }
    for (line, status) in [("GET http://x/livez HTTP/1.1", "200 OK"), ("OPTIONS * HTTP/1.1", "204 No Content")] {
        let answer = served.send(&format!("{line}\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
        assert_eq!(answer, format!("HTTP/1.1 {status}"), "{line}");
    }
    assert!(served.child.try_wait().expect("a status").is_none(), "the process is alive");
    let ready = reqwest::get(served.url("/readyz")).await.expect("an answer");
    assert_eq!(ready.status(), 200);
    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    assert!(!log.contains("panicked"), "{log}");
}
