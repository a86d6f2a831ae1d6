//! Who can read the mailbox of a development portal.

use crate::harness::process::Served;
use crate::harness::{Client, Mode, TestApp};

const LOCAL: (&str, &str) = ("PORTAL_DEV_MAILBOX", "local");
const LINK: &str = "Development: read the email";

fn from(client: Client, peer: &str, headers: &[(&'static str, &str)]) -> Client {
    let mut client = client.at_ip(peer);
    client.headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    client
}

/// Returns whether the client sees the mailbox, an email in it, and links to it, which must be all or nothing.
async fn sees_the_mailbox(mut client: Client, what: &str) -> bool {
    let list = client.get("/dev/mailbox").await;
    let email = client.get("/dev/mailbox/nothing").await;
    let linked = client.get("/verify").await.body.contains(LINK);
    let shown = list.status == 200;
    assert_eq!(linked, shown, "{what}");
    assert_eq!(email.body == "Email not found.\n", shown, "{what}");
    if !shown {
        let unknown = client.get("/dev/nothing").await;
        for hidden in [list, email] {
            assert_eq!(hidden.status, 404, "{what}");
            assert_eq!(hidden.header("cache-control"), unknown.header("cache-control"), "{what}");
            assert_eq!(hidden.header("content-length"), unknown.header("content-length"), "{what}");
        }
        for method in ["HEAD", "POST", "PUT", "OPTIONS"] {
            let request = axum::http::Request::builder().method(method).uri("/dev/mailbox");
            let answer = client.send(request, axum::body::Body::empty()).await;
            assert!(answer.status == 404 && answer.header("allow").is_none(), "{method} {what}: {}", answer.status);
        }
    }
    shown
}

#[tokio::test]
async fn only_a_browser_on_this_machine_sees_the_mailbox_and_links_to_it() {
    let app = TestApp::with(&[LOCAL]).await;
    for mode in Mode::BOTH {
        let mut visitor = app.client(mode);
        let name = if mode == Mode::Form { "ann" } else { "bob" };
        visitor.register(name, &format!("{name}@x.example"), crate::harness::app::PASSWORD).await;
        for host in ["localhost:3000", "LOCALHOST:3000", "127.0.0.1:3000", "[::1]:3000"] {
            for peer in ["127.0.0.1", "::1", "127.0.0.9", "::ffff:127.0.0.1"] {
                let client = from(visitor.clone(), peer, &[("host", host)]);
                assert!(sees_the_mailbox(client, host).await, "{peer} {host}");
            }
            for peer in ["192.0.2.7", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.7", "0.0.0.0"] {
                let client = from(visitor.clone(), peer, &[("host", host)]);
                assert!(!sees_the_mailbox(client, host).await, "{peer} {host}");
            }
        }
        for host in [
            "",
            "localhost",
            "127.0.0.1",
            "localhost:3001",
            "localhost:",
            "localhost:3000:3000",
            "evil.example",
            "evil.example:3000",
            "localhost.evil.example:3000",
            "127.0.0.1.evil.example:3000",
            "127.0.0.1:3000.evil.example",
            "xlocalhost:3000",
            "192.168.1.5:3000",
            "0.0.0.0:3000",
        ] {
            let client = from(visitor.clone(), "127.0.0.1", &[("host", host)]);
            assert!(!sees_the_mailbox(client, host).await, "{host}");
        }
        let ours = ("host", "127.0.0.1:3000");
        for (name, value) in [
            ("forwarded", "for=198.51.100.7"),
            ("x-forwarded-for", "198.51.100.7"),
            ("x-forwarded-for", ""),
            ("x-forwarded-host", "portal.example.com"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-something", "1"),
            ("x-real-ip", "198.51.100.7"),
            ("via", "1.1 proxy"),
        ] {
            let client = from(visitor.clone(), "127.0.0.1", &[ours, (name, value)]);
            assert!(!sees_the_mailbox(client, name).await, "{name}: {value}");
        }
        let twice = from(visitor.clone(), "127.0.0.1", &[ours, ("host", "evil.example")]);
        assert!(!sees_the_mailbox(twice, "two hosts").await);
        let none = from(visitor, "127.0.0.1", &[]);
        assert!(!sees_the_mailbox(none, "no host").await);
    }
}

#[tokio::test]
async fn on_port_80_browsers_leave_out_the_port() {
    let app = TestApp::with(&[LOCAL, ("LEPTOS_SITE_ADDR", "127.0.0.1:80")]).await;
    for (host, status) in [("localhost", 200), ("localhost:80", 200), ("localhost:3000", 404), ("localhos", 404)] {
        let mut client = from(app.form(), "127.0.0.1", &[("host", host)]);
        assert_eq!(client.get("/dev/mailbox").await.status, status, "{host}");
    }
}

#[tokio::test]
async fn a_public_mailbox_is_shown_to_everyone() {
    let app = TestApp::with(&[("PORTAL_DEV_MAILBOX", "public")]).await;
    let mut stranger = from(app.form(), "198.51.100.7", &[("host", "evil.example"), ("x-forwarded-for", "192.0.2.1")]);
    stranger.register("ann", "ann@x.example", crate::harness::app::PASSWORD).await;
    assert!(sees_the_mailbox(stranger, "public").await);
}

#[tokio::test]
async fn the_program_shows_the_mailbox_to_this_machine_and_warns_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), &[]).await;
    let port = served.origin.rsplit_once(':').expect("a port").1;
    let get = |host: &str, header: &str| {
        format!("GET /dev/mailbox HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n{header}\r\n")
    };
    assert_eq!(served.send(&get("localhost", "")).await, "HTTP/1.1 200 OK");
    assert_eq!(served.send(&get("rebound.example", "")).await, "HTTP/1.1 404 Not Found");
    assert_eq!(served.send(&get("localhost", "Via: 1.1 x\r\n")).await, "HTTP/1.1 404 Not Found");
    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    let warnings: Vec<_> =
        log.lines().filter(|line| line.contains("WARN") && line.contains("/dev/mailbox shows")).collect();
    assert_eq!(warnings.len(), 1, "{log}");
}
