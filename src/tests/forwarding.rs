//! A reverse proxy that is missing in `TRUSTED_PROXIES` is noticed.

use super::harness::TestApp;
use super::harness::mail::log::Listener;

const WARNING: &str = "is not in TRUSTED_PROXIES";

#[tokio::test]
async fn the_first_forwarding_header_from_an_untrusted_peer_is_logged_once() {
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-proto"] {
        let app = TestApp::new().await;
        let log = Listener::start();
        let mut client = app.form();
        client.get("/login").await;
        assert!(!log.text().contains(WARNING), "no header");
        client.headers = vec![(name, "198.51.100.9".to_owned())];
        for path in ["/login", "/register", "/login"] {
            client.get(path).await;
        }
        client.at_ip("192.0.2.8").get("/login").await;
        let text = log.text();
        let lines: Vec<_> = text.lines().filter(|line| line.contains(WARNING)).collect();
        let [line] = lines.as_slice() else { panic!("{name}: {text}") };
        for part in ["WARN", "event=\"proxy.untrusted\"", "peer=192.0.2.7", &format!("header={name}")] {
            assert!(line.contains(part), "{part}: {line}");
        }
    }
}

#[tokio::test]
async fn a_trusted_proxy_causes_no_warning() {
    let app = TestApp::with(&[("TRUSTED_PROXIES", "192.0.2.7")]).await;
    let log = Listener::start();
    let mut client = app.form();
    client.headers = vec![("x-forwarded-for", "198.51.100.9".to_owned())];
    client.get("/login").await;
    assert!(!log.text().contains(WARNING), "{}", log.text());
}
