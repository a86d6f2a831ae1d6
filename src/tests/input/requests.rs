use std::convert::Infallible;

use axum::body::Body;
use axum::http::Request;
use futures::stream;

use crate::harness::process::Served;
use crate::harness::{Mode, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn ten_thousand_parameters_are_a_400_in_a_body_and_in_a_query() {
    let app = TestApp::new().await;
    let many: String = (0..10_000).map(|n| format!("f{n}&")).collect();
    assert!(many.len() <= 65_536, "refused for their number, not for their size");
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        assert_eq!(client.post_raw("/login", FORM, many.clone().into()).await.status, 400);
        assert_eq!(client.get(&format!("/login?{many}")).await.status, 400);
    }
}

#[tokio::test]
async fn a_body_of_64_kilobytes_is_read_and_one_more_byte_is_413_even_without_a_length() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        for (size, expected) in [(65_536, None), (65_537, Some(413))] {
            let body = format!("identifier={}", "x".repeat(size - 11));
            let chunks: Vec<_> =
                body.as_bytes().chunks(1_000).map(|chunk| Ok::<_, Infallible>(chunk.to_vec())).collect();
            for body in [Body::from(body.clone()), Body::from_stream(stream::iter(chunks))] {
                let status = app.client(mode).post_raw("/login", FORM, body).await.status;
                assert_eq!(Some(status.as_u16()).filter(|status| *status == 413), expected, "{size}");
            }
        }
        // The server does not wait for a body that never ends.
        let endless = Body::from_stream(stream::repeat_with(|| Ok::<_, Infallible>("x".repeat(1_000))));
        assert_eq!(app.client(mode).post_raw("/login", FORM, endless).await.status, 413);
    }
}

#[tokio::test]
async fn odd_methods_are_a_4xx_on_every_page() {
    let app = TestApp::new().await;
    let mut client = app.form();
    for path in ["/", "/register", "/verify", "/verify/resend", "/login", "/dashboard", "/logout", "/livez", "/nowhere"]
    {
        for method in ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECT", "BREW", "get"] {
            let status = client.send(Request::builder().method(method).uri(path), Body::empty()).await.status;
            assert!(status.is_client_error(), "{method} {path}: {status}");
        }
    }
    assert_eq!(client.get("/livez").await.status, 200);
}

#[tokio::test]
async fn input_that_is_not_http_gets_a_4xx_or_a_closed_connection_and_the_process_keeps_running() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), &[]).await;
    let post = |head: &str, body: &str| {
        format!("POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: {FORM}\r\naccept: text/html\r\n{head}\r\n\r\n{body}")
    };
    let chunk = format!("2000\r\n{}\r\n", "x".repeat(0x2000));
    for request in [
        "\0\0\0\0\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "GET /a b HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "GET /\u{1b}[2J HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nhost: x\r\nuser-agent: a\0b\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nhost: x\r\nuser-agent: a\u{1b}[31m\r\n\r\n".to_owned(),
        format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(100_000)),
        format!("GET / HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\r\n", "a".repeat(1_000_000)),
        format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: y\r\n".repeat(1_000)),
        "GET //[ HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "GET * HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "CONNECT evil.example:443 HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        post("content-length: 5, 6", "a=b&c=d"),
        post("content-length: -1", ""),
        post("transfer-encoding: gzip", "a=b"),
        post("transfer-encoding: chunked", "zz\r\na=b\r\n0\r\n\r\n"),
        post("transfer-encoding: chunked", &format!("{}0\r\n\r\n", chunk.repeat(9))),
        post("content-length: 99999999999", "a=b"),
        post("content-length: 65537", ""),
    ] {
        let shown: String = request.chars().take(80).collect();
        let first = served.send(&request).await;
        assert!(first.is_empty() || first.starts_with("HTTP/1.1 4"), "{shown:?}: {first}");
    }
    let whole = served.send("GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert_eq!(whole, "HTTP/1.1 200 OK");
}
