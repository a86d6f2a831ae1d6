//! Cross-site posts, odd request targets, and where redirects lead.

use axum::body::Body;
use axum::http::header::{ACCEPT, LOCATION};
use axum::http::{Method, Request};
use leptos::server_fn::axum::server_fn_paths;
use portal::islands::ApiError;

use super::harness::app::PASSWORD;
use super::harness::process::Served;
use super::harness::{Answer, Client, Mode, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";
const OURS: &str = "http://127.0.0.1:3000";
const SITE: &str = "sec-fetch-site";
const PRODUCTION: [(&str, &str); 4] = [
    ("LEPTOS_ENV", "PROD"),
    ("PUBLIC_URL", "https://portal.example.com"),
    ("SECRET_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
    ("SMTP_URL", "smtps://user:secret@smtp.example.com:465"),
];

/// Headers that a browser sends when the request was not started by one of our pages.
const FOREIGN: &[&[(&str, &str)]] = &[
    &[(SITE, "cross-site")],
    &[(SITE, "same-site")],
    &[(SITE, "not-invented-yet")],
    &[(SITE, "")],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "")],
    &[("origin", "http://127.0.0.1:3001")],
    &[("origin", "https://127.0.0.1:3000")],
    &[("origin", "http://127.0.0.1:3000.evil.example")],
    &[("origin", "http://127.0.0.1:3000 https://evil.example")],
    &[("origin", "http://localhost:3000")],
    &[("host", "127.0.0.1:3000"), ("origin", "http://evil.example:3000")],
    // `Host` counts only from a browser on this machine.
    &[("host", "localhost:3000"), ("origin", "http://localhost:3000")],
    &[("host", "192.168.1.5:3000"), ("origin", "http://192.168.1.5:3000"), (SITE, "same-origin")],
    // The two disagree, and one foreign value is enough.
    &[(SITE, "same-origin"), ("origin", "https://evil.example")],
    &[(SITE, "none"), ("origin", "null")],
    &[(SITE, "cross-site"), ("origin", OURS)],
    // Sent twice, by an intermediary.
    &[(SITE, "same-origin"), (SITE, "cross-site")],
    &[("origin", OURS), ("origin", "https://evil.example")],
];

/// Headers of a same-site request, or of a program that is not a browser.
const OWN: &[&[(&str, &str)]] = &[
    &[],
    &[(SITE, "same-origin")],
    &[(SITE, "none")],
    &[("origin", OURS)],
    &[(SITE, "same-origin"), ("origin", OURS)],
];

/// The paths of all forms, as the server functions are registered.
fn forms() -> Vec<&'static str> {
    let paths: Vec<_> = server_fn_paths().filter(|(_, method)| method == Method::POST).map(|(path, _)| path).collect();
    assert!(paths.contains(&"/login") && paths.contains(&"/logout") && paths.len() >= 7, "{paths:?}");
    paths
}

fn with(mut client: Client, headers: &[(&'static str, &str)]) -> Client {
    client.headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    client
}

/// Fields that include those of every form.
fn fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("username", "eve"),
        ("email", "eve@x.example"),
        ("identifier", "ann"),
        ("password", PASSWORD),
        ("code", "000000"),
    ]
}

/// Everything that a request may change.
async fn traces(app: &TestApp) -> Vec<i64> {
    let mut traces = Vec::new();
    for table in ["account", "email_verification", "otp", "attempt", "outbox", "session"] {
        traces.push(app.count(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    traces.push(app.count("SELECT COALESCE(SUM(last_seen_at), 0) FROM session").await);
    traces
}

fn assert_refused(answer: &Answer, mode: Mode, what: &str) {
    assert_eq!(answer.status, 403, "{what}");
    for header in ["set-cookie", "location", "serverfnredirect"] {
        assert_eq!(answer.header(header), None, "{what}");
    }
    let kind = answer.header("content-type").unwrap_or_default();
    let text = "This form was sent from another site.";
    match mode {
        Mode::Form => assert!(kind.starts_with("text/html") && answer.body.contains(&format!("<p>{text}")), "{what}"),
        Mode::Script => {
            let ApiError(feedback) = serde_json::from_str(&answer.body).expect("a form error");
            assert!(kind.starts_with("application/json"), "{what}");
            assert!(feedback.message.is_some_and(|message| message.starts_with(text)), "{what}");
        }
    }
}

#[tokio::test]
async fn a_cross_site_request_is_refused_in_both_modes_and_has_no_effect() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    for mode in Mode::BOTH {
        let mut person = app.client(mode);
        person.sign_in("ann", PASSWORD).await;
        person.register("bob", "bob@x.example", PASSWORD).await;
        // From here on, any use of the session would be recorded.
        app.advance(60);
        let before = traces(&app).await;
        for path in forms() {
            for headers in FOREIGN {
                for client in [person.clone(), app.client(mode)] {
                    let what = format!("{mode:?} {path} {headers:?}");
                    assert_refused(&with(client, headers).post_bare(path, &fields()).await, mode, &what);
                }
            }
        }
        assert_eq!(traces(&app).await, before, "{mode:?}");
        assert_eq!(person.get("/dashboard").await.status, 200, "no user was signed out");
    }
}

#[tokio::test]
async fn a_same_site_request_reaches_its_form() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    for mode in Mode::BOTH {
        for headers in OWN {
            let mut client = with(app.client(mode), headers);
            let to = client.sign_in("ann", PASSWORD).await.location();
            assert_eq!(to.as_deref(), Some("/dashboard"), "{mode:?} {headers:?}");
            let to = client.post("/logout", &[]).await.location();
            assert_eq!(to.as_deref(), Some("/login"), "{mode:?} {headers:?}");
        }
    }
}

#[tokio::test]
async fn in_development_a_browser_on_this_machine_may_use_another_name_of_it() {
    let app = TestApp::new().await;
    let local = "http://localhost:3000";
    for mode in Mode::BOTH {
        let logout = async |peer: &str, headers: &[(&'static str, &str)]| {
            let mut client = with(app.client(mode).at_ip(peer), headers);
            client.post("/logout", &[]).await.status != 403
        };
        for (host, origin) in [("localhost:3000", local), ("[::1]:3000", "http://[::1]:3000")] {
            assert!(logout("127.0.0.1", &[("host", host), ("origin", origin)]).await, "{mode:?} {host}");
        }
        for headers in [
            &[("host", "rebound.example:3000"), ("origin", "http://rebound.example:3000")][..],
            &[("host", "192.168.1.5:3000"), ("origin", "http://192.168.1.5:3000")],
            &[("host", "localhost:3001"), ("origin", "http://localhost:3001")],
            &[("host", "localhost:3000"), ("origin", "https://localhost:3000")],
            &[("host", "localhost:3000"), ("origin", local), ("x-forwarded-for", "198.51.100.9")],
            &[("host", "localhost:3000"), ("origin", local), ("via", "1.1 proxy")],
        ] {
            assert!(!logout("127.0.0.1", headers).await, "{mode:?} {headers:?}");
        }
        assert!(!logout("192.0.2.7", &[("host", "localhost:3000"), ("origin", local)]).await, "{mode:?}");
    }
}

#[tokio::test]
async fn in_production_only_the_public_url_is_same_site_whatever_the_host_header_says() {
    let app = TestApp::with(&PRODUCTION).await;
    for mode in Mode::BOTH {
        for (origin, status) in [
            ("https://portal.example.com", 200),
            ("http://portal.example.com", 403),
            ("https://portal.example.com:8443", 403),
            ("https://www.portal.example.com", 403),
            ("https://PORTAL.example.com", 403),
            ("http://internal:3000", 403),
            ("https://internal:3000", 403),
        ] {
            for host in ["portal.example.com", "internal:3000"] {
                let mut client = with(app.client(mode), &[("host", host), ("origin", origin)]);
                let answer = client.post("/logout", &[]).await;
                let status = if status == 200 && mode == Mode::Form { 303 } else { status };
                assert_eq!(answer.status, status, "{mode:?} {origin} {host}");
            }
        }
    }
}

#[tokio::test]
async fn every_method_that_may_change_something_is_checked_and_no_other() {
    let app = TestApp::new().await;
    let answer = async |method: &str, path: &str| {
        let request = Request::builder().method(method).uri(path).header(ACCEPT, "text/html");
        with(app.form(), &[(SITE, "cross-site")]).send(request, Body::empty()).await.status.as_u16()
    };
    for path in ["/", "/login", "/logout", "/nowhere", "/livez", "/pkg/portal.css", "/dev/mailbox"] {
        for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE"] {
            assert_eq!(answer(method, path).await, 403, "{method} {path}");
        }
        for method in ["GET", "HEAD", "OPTIONS"] {
            // A link on another site leads here.
            assert_ne!(answer(method, path).await, 403, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_cross_site_post_is_refused_before_its_body_is_read() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        for (kind, body) in [(FORM, "a".repeat(1_000_000)), ("application/json", "{}".into()), (FORM, "a[]=1".into())] {
            let answer = with(app.client(mode), FOREIGN[0]).post_raw("/login", kind, body.into()).await;
            assert_eq!(answer.status, 403, "{mode:?} {kind}");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_one_log_line_that_the_origin_cannot_forge() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut served = Served::start(folder.path(), &[]).await;
    let forged = b"https://evil.example/\" event=\"sign_in.succeeded\" \xe2\x80\xae\xff";
    let origin = [&forged[..], &[b'x'; 4_000]].concat();
    let browser = reqwest::Client::new();
    let request = browser.post(served.url("/login")).header("cookie", "portal_session=canary-cookie-value");
    let origin = reqwest::header::HeaderValue::from_bytes(&origin).expect("a header");
    let request = request.header("origin", origin).header("x-forwarded-for", "203.0.113.9");
    let answer = request.form(&[("identifier", "ann"), ("password", "canary password")]).send().await;
    assert_eq!(answer.expect("an answer").status(), 403);
    served.signal("-TERM");
    served.child.wait().expect("it finishes");
    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    let lines: Vec<_> = log.lines().filter(|line| line.contains("evil.example")).collect();
    let [line] = lines.as_slice() else { panic!("{log}") };
    for part in ["event=\"cross_site.refused\"", "ip=127.0.0.1", "path=\"/login\"", "WARN"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(line.contains(r#"\" event=\"sign_in"#) && line.contains(r"\u{202e}") && line.len() < 700, "{line}");
    assert!(!log.contains("canary"), "{log}");
}

#[tokio::test]
async fn every_redirect_leads_to_a_local_path_whatever_was_sent() {
    let app = TestApp::with(&[("PORTAL_LOGIN_FAILURES", "100"), ("PORTAL_CAPTCHA_AFTER_FAILURES", "1000")]).await;
    app.account("ann", "ann@x.example").await;
    let mut seen = 0;
    for elsewhere in
        ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example", "/..//evil.example"]
    {
        let hostile = [
            ("referer", elsewhere),
            ("host", "evil.example"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "gopher"),
            ("forwarded", "host=evil.example"),
            ("x-original-url", elsewhere),
        ];
        let query: String = url::form_urlencoded::byte_serialize(elsewhere.as_bytes()).collect();
        for mode in Mode::BOTH {
            for path in forms() {
                let mut client = with(app.client(mode), &hostile.map(|(name, value)| (name, value.trim())));
                client.register("bob", "bob@x.example", PASSWORD).await;
                let mut fields = fields();
                fields.extend([("next", elsewhere), ("redirect", elsewhere), ("return_to", elsewhere)]);
                seen += assert_leads_home(&client.post(path, &fields).await, path);
                let target = format!("{path}?next={query}&__path={query}&__err=x");
                seen += assert_leads_home(&client.post(&target, &fields).await, path);
                // The framework would redirect unreadable input to the `Referer`, with the error in the URL.
                let unreadable = fields.iter().map(|(name, _)| format!("{name}=%ff&")).collect::<String>();
                seen += assert_leads_home(&client.post_raw(path, FORM, unreadable.into()).await, path);
            }
            let mut client = with(app.client(mode), &hostile);
            for path in ["/", "/login", "/dashboard", "/register", "/verify", "/nowhere"] {
                seen += assert_leads_home(&client.get(&format!("{path}?next={query}")).await, path);
            }
            let fields = [("identifier", "ann"), ("password", PASSWORD), ("next", elsewhere)];
            let answer = client.post("/login", &fields).await;
            assert_eq!(answer.location().as_deref(), Some("/dashboard"), "{elsewhere}");
            assert_eq!(assert_leads_home(&client.get("/login?next=//evil.example").await, "/login"), 1);
        }
    }
    assert!(seen > 100, "only {seen} redirects were seen");
}

/// Returns the number of `Location` headers in the response, each of which must be a plain path.
fn assert_leads_home(answer: &Answer, path: &str) -> usize {
    let locations: Vec<_> = answer.headers.get_all(LOCATION).iter().collect();
    for location in &locations {
        let to = location.to_str().expect("ASCII");
        let home =
            to.starts_with('/') && !to.starts_with("//") && to.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        assert!(home && !to.contains("evil"), "{path}: {to:?}");
    }
    locations.len()
}
