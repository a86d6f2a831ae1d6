//! The headers of every response, whatever its status.

use std::collections::HashSet;

use axum::Router;
use axum::routing::{get, post};
use portal::http::router;

use super::harness::app::PASSWORD;
use super::harness::process::Served;
use super::harness::{Answer, Client, Mode, TestApp};

mod answers;
mod markup;

use answers::{answers, app};
use markup::tags;

const HTTPS: &[(&str, &str)] = &[("PUBLIC_URL", "https://portal.example.com")];
const STRICT: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

fn nonce(answer: &Answer) -> Option<&str> {
    answer.header("content-security-policy")?.split_once("script-src 'nonce-")?.1.split_once('\'').map(|it| it.0)
}

fn assert_told(answer: &Answer, https: bool, name: &str) {
    for (header, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        let values: Vec<_> = answer.headers.get_all(header).iter().collect();
        assert_eq!(values, [value], "{name}: {header}");
    }
    let transport = https.then_some("max-age=63072000");
    assert_eq!(answer.header("strict-transport-security"), transport, "{name}");
    let permissions = answer.header("permissions-policy").unwrap_or_default();
    for denied in ["camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()"] {
        assert!(permissions.split(", ").any(|it| it == denied), "{name}: {denied}");
    }
    for own in ["publickey-credentials-get=(self)", "publickey-credentials-create=(self)"] {
        assert!(permissions.split(", ").any(|it| it == own), "{name}: {own}");
    }
    let policies: Vec<_> = answer.headers.get_all("content-security-policy").iter().collect();
    let [policy] = policies.as_slice() else { panic!("{name}: {policies:?}") };
    let policy = policy.to_str().expect("ASCII");
    for directive in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.split("; ").any(|it| it == directive), "{name}: {policy}");
    }
}

#[tokio::test]
async fn every_response_has_the_headers_whatever_its_status() {
    for (settings, https) in [(&[][..], false), (HTTPS, true)] {
        let (app, _site) = app(settings).await;
        let answers = answers(&app).await;
        let statuses: HashSet<_> = answers.iter().map(|(_, status, _)| *status).collect();
        for status in [200, 303, 304, 400, 403, 404, 405, 413, 415, 422, 429, 503] {
            assert!(statuses.contains(&status), "no answer with {status} was seen");
        }
        for (name, _, answer) in &answers {
            assert_told(answer, https, name);
        }
    }
}

#[tokio::test]
async fn only_pages_have_the_content_security_policy_of_pages() {
    let (app, _site) = app(&[]).await;
    let pages = ["/", "/register", "/login", "/nowhere", "Script dashboard", "Form dashboard"];
    for (name, _, answer) in answers(&app).await {
        let policy = answer.header("content-security-policy").expect("a policy").to_owned();
        if pages.contains(&name.trim_start_matches("HEAD ")) {
            let nonce = nonce(&answer).unwrap_or_else(|| panic!("{name}: {policy}"));
            let expected = format!(
                "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
                 style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
                 form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
            );
            assert_eq!(policy, expected, "{name}");
        } else if name.ends_with("/favicon.svg") {
            assert!(
                policy.starts_with("default-src 'none'; style-src 'unsafe-inline'; ") && !policy.contains("script")
            );
        } else if name.ends_with("/dev/mailbox") {
            assert!(policy.contains("style-src 'self'") && !policy.contains("script"), "{policy}");
        } else {
            assert_eq!(policy, STRICT, "{name}");
        }
    }
}

#[tokio::test]
async fn every_page_has_a_new_nonce_of_128_bits() {
    let app = TestApp::new().await;
    let mut client = app.form();
    let mut seen = HashSet::new();
    for _ in 0..20 {
        for path in ["/", "/login", "/register", "/nowhere"] {
            let answer = client.get(path).await;
            let nonce = nonce(&answer).expect("a nonce").to_owned();
            // 128 bits in base64 without padding.
            assert!(
                nonce.len() == 22 && nonce.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)),
                "{nonce}"
            );
            assert!(seen.insert(nonce), "a nonce was repeated");
        }
    }
}

#[tokio::test]
async fn no_page_has_a_style_or_script_without_its_nonce() {
    let app = TestApp::new().await;
    let mut pages = Vec::new();
    let (mut client, mut scripted) = (app.form(), app.script());
    for path in ["/", "/register", "/login", "/nowhere", "/logout", "//", "/dev/mailbox"] {
        pages.push((path.to_owned(), client.get(path).await));
    }
    client.register("a b", "x", "short").await;
    pages.push(("/register with messages".into(), client.get("/register").await));
    client.sign_in("nobody", "wrong").await;
    pages.push(("/login with a message".into(), client.get("/login").await));
    client.register("ann", "ann@x.example", PASSWORD).await;
    let code = app.code_for("ann@x.example").await;
    pages.push(("/verify".into(), client.get("/verify").await));
    client.verify("000000").await;
    client.post("/verify/email", &[("email", "no address")]).await;
    pages.push(("/verify with messages".into(), client.get("/verify").await));
    pages.push(("/dev/mailbox with mail".into(), client.get("/dev/mailbox").await));
    client.verify(&code).await;
    pages.push(("/login with a notice".into(), client.get("/login").await));
    scripted.sign_in("ann", PASSWORD).await;
    pages.push(("/dashboard".into(), scripted.get("/dashboard").await));
    client.headers = vec![("sec-fetch-site", "cross-site".into())];
    pages.push(("cross-site".into(), client.post("/login", &[]).await));
    let mut scripts = 0;
    for (name, answer) in pages {
        let tags = tags(&answer.body);
        assert!(tags.len() > 5, "{name}: {}", answer.body);
        for tag in tags {
            let what = format!("{name}: {tag:?}");
            assert_ne!(tag.name, "style", "{what}");
            for (attribute, value) in &tag.attributes {
                assert!(attribute != "style" && !attribute.starts_with("on"), "{what}");
                assert!(!value.trim_start().to_ascii_lowercase().starts_with("javascript:"), "{what}");
            }
            if tag.name == "script" {
                scripts += 1;
                assert_eq!(tag.attribute("nonce"), Some(nonce(&answer).expect("a nonce")), "{what}");
            }
        }
    }
    assert!(scripts >= 6, "only {scripts} scripts were found: does the test read the pages?");
}

#[tokio::test]
async fn in_watch_mode_the_reload_script_has_the_nonce_and_may_connect() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), &[("LEPTOS_WATCH", "true"), ("LEPTOS_RELOAD_PORT", "3001")]).await;
    let answer = reqwest::get(served.url("/login")).await.expect("an answer");
    let policy = answer.headers()["content-security-policy"].to_str().expect("ASCII").to_owned();
    assert!(policy.contains("connect-src 'self' ws://*:3001 wss://*:3001;"), "{policy}");
    let body = answer.text().await.expect("text");
    let scripts: Vec<_> = tags(&body).into_iter().filter(|tag| tag.name == "script").collect();
    assert!(body.contains("/live_reload") && scripts.len() >= 2, "{body}");
    for script in scripts {
        let nonce = script.attribute("nonce").expect("a nonce");
        assert!(policy.contains(&format!("'nonce-{nonce}'")), "{policy}: {nonce}");
    }
}

#[tokio::test]
async fn only_public_responses_may_be_cached() {
    for settings in [&[][..], HTTPS] {
        let (app, _site) = app(settings).await;
        for (name, _, answer) in answers(&app).await {
            let expected = match name.trim_start_matches("HEAD ") {
                "/pkg/portal.0a1b2c.css" => Some("public, max-age=31536000, immutable"),
                "/pkg/portal.js" => Some("no-cache"),
                "/favicon.svg" | "/robots.txt" | "unchanged" => None,
                _ => Some("no-store"),
            };
            assert_eq!(answer.header("cache-control"), expected, "{name}");
        }
    }
}

async fn falls() -> String {
    panic!("on purpose")
}

#[tokio::test]
async fn a_panic_is_a_503_with_every_header_and_the_next_request_is_answered() {
    for (settings, https) in [(&[][..], false), (HTTPS, true)] {
        let app = TestApp::with(settings).await;
        let routes = Router::new().route("/falls", get(falls)).route("/falls", post(falls)).route("/well", get("well"));
        let router = router::with_middleware(routes, &app.state);
        for mode in Mode::BOTH {
            let mut client = Client::new(router.clone(), mode);
            for answer in [client.get("/falls").await, client.post("/falls", &[]).await] {
                assert_eq!(answer.status, 503);
                assert!(answer.body.contains("Something went wrong on our side.") && !answer.body.contains("purpose"));
                assert!(answer.header("retry-after").is_some() && answer.header("x-request-id").is_some());
                assert_eq!(answer.header("cache-control"), Some("no-store"));
                assert_eq!(answer.header("content-security-policy"), Some(STRICT));
                assert_told(&answer, https, "panic");
            }
            assert_eq!(client.get("/well").await.body, "well");
        }
    }
}
