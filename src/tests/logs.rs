//! No secret is in the log, at any level.

use super::harness::app::PASSWORD;
use super::harness::process::{Served, browser, mailed_code};

#[tokio::test]
async fn at_trace_the_log_holds_no_password_code_cookie_or_address() {
    for format in ["text", "json"] {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = [("RUST_LOG", "trace"), ("PORTAL_LOG_FORMAT", format), ("RUST_BACKTRACE", "1")];
        let served = Served::start(folder.path(), &settings).await;
        let browser = browser();
        let mut canaries =
            vec![PASSWORD.to_owned(), "canary.local.part".to_owned(), "wrong canary password".to_owned()];
        let mut post = async |path: &str, accepts: &[&str], fields: &[(&str, &str)]| {
            for &accept in accepts {
                let answer = browser
                    .post(served.url(path))
                    .header("accept", accept)
                    .form(fields)
                    .send()
                    .await
                    .expect("an answer");
                let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
                let values = cookies.filter_map(|cookie| cookie.split_once('=')?.1.split(';').next());
                canaries.extend(values.filter(|value| value.len() > 8).map(str::to_owned));
            }
        };
        let (script, both) = (&["application/json"][..], &["application/json", "text/html"][..]);
        post(
            "/register",
            script,
            &[("username", "canary"), ("email", "canary.local.part@x.example"), ("password", PASSWORD)],
        )
        .await;
        post(
            "/password/strength",
            both,
            &[("password", "wrong canary password"), ("email", "canary.local.part@x.example")],
        )
        .await;
        let code = mailed_code(&browser, &served).await;
        post("/verify", both, &[("code", "wrong1")]).await;
        post("/verify", both, &[("code", &code)]).await;
        post("/login", both, &[("identifier", "canary.local.part@x.example"), ("password", "wrong canary password")])
            .await;
        post(
            "/login",
            both,
            &[("identifier", "canary.local.part@x.example"), ("password", PASSWORD), ("remember", "on")],
        )
        .await;
        browser.get(served.url("/dashboard")).send().await.expect("an answer");
        post("/logout", both, &[]).await;
        canaries.push(code);
        served.signal("-TERM");
        let mut served = served;
        served.child.wait().expect("it ends");
        let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
        assert!(log.contains("answered") && log.contains("sign_in.succeeded") && log.len() > 2_000, "{log}");
        assert!(canaries.len() >= 6, "{canaries:?}");
        for canary in canaries {
            let line = log.lines().find(|line| line.contains(&canary));
            assert!(line.is_none(), "{canary}: {line:?}");
        }
    }
}
