//! The contents of the log: every success, failure, denial and limit, in UTC.
//! It never contains a secret, at any level, or a line that the portal did not write.

use mail_parser::DateTime;
use portal::clock::Clock;
use reqwest::Response;

use super::harness::app::PASSWORD;
use super::harness::process::{Served, browser, mailed_code, register, solved_challenge};
use super::harness::totp::Phone;

const FORMATS: [&str; 2] = ["text", "json"];
const SCRIPT: &[&str] = &["application/json"];
const BOTH: &[&str] = &["application/json", "text/html"];

/// Stops the program and returns its log.
fn log_of(mut served: Served, folder: &std::path::Path) -> String {
    served.signal("-TERM");
    served.child.wait().expect("it finishes");
    std::fs::read_to_string(folder.join("log")).expect("the log")
}

#[tokio::test]
async fn at_trace_the_log_holds_no_password_code_cookie_or_email() {
    for format in FORMATS {
        let folder = tempfile::tempdir().expect("a folder");
        // Naming a verbose library in the filter does not make it log.
        let level = "trace,hyper=trace,sqlx=trace,sea_orm=trace,tower_sessions=trace,lettre=trace,server_fn=trace";
        let settings = [
            ("RUST_LOG", level),
            ("PORTAL_LOG_FORMAT", format),
            ("RUST_BACKTRACE", "1"),
            ("PORTAL_CAPTCHA_AFTER_FAILURES", "100"),
        ];
        let served = Served::start(folder.path(), &settings).await;
        let browser = browser();
        let (address, wrong) = ("canary.local.part@x.example", "wrong canary password");
        let mut canaries =
            vec![PASSWORD.to_owned(), "canary.local.part".to_owned(), wrong.to_owned(), "canary.in.query".to_owned()];
        let mut post = async |path: &str, accepts: &[&str], fields: &[(&str, &str)]| {
            for &accept in accepts {
                let answer = browser
                    .post(served.url(path))
                    .header("accept", accept)
                    .form(fields)
                    .send()
                    .await
                    .expect("an answer");
                canaries.extend(cookies_of(&answer));
            }
        };
        let captcha = solved_challenge(&browser, &served, "/register").await;
        let fields = [("username", "canary"), ("email", address), ("password", PASSWORD), ("captcha", &captcha)];
        post("/register", SCRIPT, &fields).await;
        post("/password/strength", BOTH, &[("password", wrong), ("email", address)]).await;
        let code = mailed_code(&browser, &served).await;
        post("/verify", BOTH, &[("code", "wrong1")]).await;
        post("/verify", BOTH, &[("code", &code), ("code", &code)]).await;
        post("/verify/email", BOTH, &[("email", address)]).await;
        post("/verify/resend", BOTH, &[]).await;
        post("/verify", BOTH, &[("code", &code)]).await;
        post("/register", BOTH, &[("username", "canary"), ("email", address), ("password", PASSWORD)]).await;
        post("/register", BOTH, &[("username", "other"), ("email", address), ("password", PASSWORD)]).await;
        let captcha = solved_challenge(&browser, &served, "/recover").await;
        post("/recover", SCRIPT, &[("email", address), ("captcha", &captcha)]).await;
        post("/recover/verify", BOTH, &[("code", "123456"), ("password", wrong)]).await;
        post("/from-mail", BOTH, &[("token", "canary.in.query")]).await;
        post("/login", BOTH, &[("identifier", address), ("password", wrong)]).await;
        post("/login", BOTH, &[("identifier", address), ("identifier", address), ("password", PASSWORD)]).await;
        post("/login", BOTH, &[("identifier", address), ("password", PASSWORD), ("remember", "on")]).await;
        browser.get(served.url("/dashboard")).send().await.expect("an answer");
        for path in [
            "/login?password=canary.in.query",
            "//[?code=canary.in.query",
            "/nowhere?canary.in.query",
            "/from-mail?token=canary.in.query",
        ] {
            browser.get(served.url(path)).header("referer", served.url(path)).send().await.expect("an answer");
        }
        let other = browser.post(served.url("/login")).body(format!("{{\"password\":\"{PASSWORD}\"}}"));
        assert_eq!(other.header("content-type", "application/json").send().await.expect("an answer").status(), 415);
        post("/logout", BOTH, &[]).await;
        canaries.push(code);
        let log = log_of(served, folder.path());
        assert!(log.contains("answered") && log.contains("sign_in.succeeded") && log.len() > 2_000, "{log}");
        assert!(canaries.len() >= 8, "{canaries:?}");
        for canary in canaries {
            let line = log.lines().find(|line| line.contains(&canary));
            assert!(line.is_none(), "{canary}: {line:?}");
        }
    }
}

#[tokio::test]
async fn at_trace_the_log_holds_nothing_of_a_second_factor() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), &[("RUST_LOG", "trace,sqlx=trace,tower_sessions=trace")]).await;
    let browser = browser();
    let post = async |path: &str, fields: &[(&str, &str)]| {
        let post = browser.post(served.url(path)).header("accept", "application/json");
        assert!(post.form(fields).send().await.expect("an answer").status().as_u16() < 500);
    };
    let page =
        async |path: &str| browser.get(served.url(path)).send().await.expect("an answer").text().await.expect("text");
    let credentials = [("identifier", "ann"), ("password", PASSWORD), ("next", "")];
    register(&browser, &served, "ann", "ann@x.example").await;
    post("/verify", &[("code", &mailed_code(&browser, &served).await)]).await;
    post("/login", &credentials).await;
    post("/account/security/totp", &[]).await;
    let phone = Phone::of(&page("/account/security").await);
    let code = phone.code(Clock::System.now());
    post("/account/security/totp/confirm", &[("code", &code)]).await;
    let shown = page("/account/security/recovery-codes").await;
    let codes: Vec<_> = shown.split("<code>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(codes.len(), 10, "{shown}");
    post("/logout", &[]).await;
    post("/login", &credentials).await;
    post("/login/mfa", &[("code", &code)]).await;
    post("/login/mfa", &[("code", codes[0]), ("trust", "on")]).await;
    let log = log_of(served, folder.path());
    assert!(
        log.contains("two_step.on") && log.contains("second_step.failed") && log.contains("recovery code"),
        "{log}"
    );
    let bare = codes.iter().map(|code| code.replace('-', ""));
    let canaries = bare.chain(codes.iter().map(|code| (*code).to_owned()));
    for canary in canaries.chain([phone.secret, code, "otpauth".to_owned()]) {
        let line = log.lines().find(|line| line.contains(&canary));
        assert!(line.is_none(), "{canary}: {line:?}");
    }
}

/// The values of the cookies that a response sets.
fn cookies_of(answer: &Response) -> Vec<String> {
    let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let values = cookies.filter_map(|cookie| cookie.split_once('=')?.1.split(';').next());
    values.filter(|value| value.len() > 8).map(str::to_owned).collect()
}

#[tokio::test]
async fn success_failure_denial_and_limit_are_each_logged_on_a_line_in_utc() {
    for format in FORMATS {
        let folder = tempfile::tempdir().expect("a folder");
        // The log does not use the machine's time zone.
        let settings = [("PORTAL_LOG_FORMAT", format), ("PORTAL_LOGIN_FAILURES", "2"), ("TZ", "Asia/Tokyo")];
        let served = Served::start(folder.path(), &settings).await;
        let browser = browser();
        let post = async |path: &str, fields: &[(&str, &str)]| {
            let post = browser.post(served.url(path)).header("accept", "application/json");
            post.form(fields).send().await.expect("an answer")
        };
        let began = date(&browser.get(served.url("/dashboard")).send().await.expect("an answer"));
        register(&browser, &served, "ann", "ann@x.example").await;
        let code = mailed_code(&browser, &served).await;
        post("/verify/resend", &[]).await;
        post("/verify", &[("code", if code == "000000" { "000001" } else { "000000" })]).await;
        post("/verify", &[("code", &code)]).await;
        post("/login", &[("identifier", "ann"), ("password", PASSWORD)]).await;
        post("/logout", &[]).await;
        post("/login", &[("identifier", "ann"), ("password", "short")]).await;
        for _ in 0..2 {
            post("/login", &[("identifier", "ann"), ("password", "wrong password")]).await;
        }
        // The header may have been made for the previous second.
        let ended = date(&post("/login", &[]).await) + 1;
        let log = log_of(served, folder.path());
        for event in [
            "registration.started",
            "form.limited",
            "verification.wrong",
            "account.created",
            "sign_in.succeeded",
            "signed_out",
            "sign_in.failed",
            "sign_in.limited",
        ] {
            let line = log.lines().find(|line| line.contains(event)).unwrap_or_else(|| panic!("{event}: {log}"));
            assert!(line.contains("127.0.0.1") || event == "account.created", "{line}");
            let moment = DateTime::parse_rfc3339(stamp(line)).unwrap_or_else(|| panic!("{line}")).to_timestamp();
            assert!(stamp(line).ends_with('Z') && (began..=ended).contains(&moment), "{began} {ended}: {line}");
        }
        // An impossible password is a failure like any other; a rate-limited attempt is not evaluated.
        assert_eq!(log.lines().filter(|line| line.contains("sign_in.failed")).count(), 2, "{log}");
        let denied = log.lines().find(|line| line.contains("answered") && line.contains("/dashboard"));
        assert!(denied.is_some_and(|line| line.contains("303")), "{denied:?}");
    }
}

#[tokio::test]
async fn at_info_the_log_is_readable_and_has_no_probes_files_or_lines_of_libraries() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("site/pkg")).expect("a folder");
    for file in ["site/robots.txt", "site/pkg/portal.js"] {
        std::fs::write(folder.path().join(file), "text").expect("a file");
    }
    let served = Served::start(folder.path(), &[("LEPTOS_SITE_ROOT", "site")]).await;
    let browser = browser();
    for path in ["/livez", "/readyz", "/robots.txt", "/pkg/portal.js"] {
        assert_eq!(browser.get(served.url(path)).send().await.expect("an answer").status(), 200, "{path}");
    }
    // Expected: a page, a file that does not exist, a form of another site, and an expired session.
    browser.get(served.url("/login")).send().await.expect("an answer");
    browser.get(served.url("/pkg/missing.js")).send().await.expect("an answer");
    let form = browser.post(served.url("/login")).form(&[("identifier", "ann")]);
    form.header("origin", "https://evil.example").send().await.expect("an answer");
    let stale = browser.get(served.url("/dashboard")).header("cookie", "portal_session=AAAAAAAAAAAAAAAAAAAAAA");
    stale.send().await.expect("an answer");
    register(&browser, &served, "ann", "ann@x.example").await;
    let code = mailed_code(&browser, &served).await;
    browser.post(served.url("/verify")).form(&[("code", &code)]).send().await.expect("an answer");
    let promoted = super::harness::process::run(folder.path(), &["admin", "promote", "ann"], &[]);
    assert!(promoted.status.success());
    let said = String::from_utf8_lossy(&promoted.stderr).into_owned();
    let log = log_of(served, folder.path());
    for path in ["/livez", "/readyz", "/robots.txt", "/pkg/portal.js"] {
        assert!(!log.contains(&format!("path=\"{path}\"}}")), "{path}: {log}");
    }
    for path in ["/login", "/pkg/missing.js", "/dashboard"] {
        assert!(log.contains(&format!("path=\"{path}\"}}")), "{path}: {log}");
    }
    assert!(log.contains("origin=\"https://evil.example\"") && said.contains("actor=\"command_line\""), "{log}{said}");
    for line in log.lines().chain(said.lines()) {
        assert!(!line.contains("Some(") && !line.contains("None"), "a debug form: {line}");
        assert!(line.contains(" portal::"), "a line of a library: {line}");
    }
}

#[tokio::test]
async fn at_debug_the_log_has_probes_and_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), &[("PORTAL_LOG", "debug")]).await;
    browser().get(served.url("/livez")).send().await.expect("an answer");
    let log = log_of(served, folder.path());
    assert!(log.lines().any(|line| line.contains("DEBUG") && line.contains("path=\"/livez\"}")), "{log}");
}

/// The server's clock, in seconds since 1970.
fn date(answer: &Response) -> i64 {
    let date = answer.headers()["date"].to_str().expect("text");
    DateTime::parse_rfc822(date).expect("a date").to_timestamp()
}

/// The timestamp of a line, in either format.
fn stamp(line: &str) -> &str {
    match line.strip_prefix("{\"timestamp\":\"") {
        Some(rest) => rest.split('"').next().unwrap_or_default(),
        None => line.split(' ').next().unwrap_or_default(),
    }
}

#[tokio::test]
async fn no_request_can_inject_a_log_line() {
    const FORGED: &str = "2026-11-23T12:00:00.000000Z  INFO forged: sign_in.succeeded";
    for format in FORMATS {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = [("PORTAL_LOG", "debug"), ("PORTAL_LOG_FORMAT", format)];
        let served = Served::start(folder.path(), &settings).await;
        let browser = browser();
        for lead in ["\n", "\r\n", "\r", "\u{2028}", "\u{85}", "\u{1b}[2K\u{1b}[1A", "\u{8}", "\"}\n{\"message\":\""] {
            let typed = format!("ann{lead}{FORGED}");
            for (path, field) in
                [("/register", "username"), ("/register", "email"), ("/login", "identifier"), ("/verify", "code")]
            {
                let post =
                    browser.post(served.url(path)).form(&[(field, typed.as_str()), ("password", "wrong password")]);
                post.send().await.expect("an answer");
            }
            // Percent-encoded, as a browser sends it, and raw, which is cut off or not a valid request.
            browser.get(served.url(&format!("/{typed}"))).send().await.expect("an answer");
            let bare = format!("GET /{typed} HTTP/1.1\r\nhost: x\r\nuser-agent: {typed}\r\nreferer: {typed}\r\n\r\n");
            served.send(&bare).await;
            served
                .send(&format!("GET / HTTP/1.1\r\nhost: x\r\nuser-agent: {typed}\r\nx-request-id: {typed}\r\n\r\n"))
                .await;
            served.send(&format!("FORGED{lead} / HTTP/1.1\r\nhost: x\r\n\r\n")).await;
        }
        served.send("GET /\u{202e}\u{2066}forged HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let log = log_of(served, folder.path());
        assert!(log.lines().filter(|line| line.contains("answered")).count() > 40, "{log}");
        let unseen = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{2028}' | '\u{202e}' | '\u{2066}');
        assert!(format == "json" || !log.contains(unseen), "{log}");
        for line in log.split('\n').filter(|line| !line.is_empty()) {
            assert!(!line.starts_with(FORGED) && !line.contains(|c: char| c.is_control()), "{line:?}");
            assert!(DateTime::parse_rfc3339(stamp(line)).is_some(), "not a log line of the portal: {line:?}");
            if format == "json" {
                let parsed: serde_json::Value =
                    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
                assert!(parsed["level"].is_string() && parsed["target"].is_string(), "{line}");
            }
        }
    }
}
