//! The limits on the content of posts, and the answers to posts with any content.

use axum::body::Body;

use super::harness::app::PASSWORD;
use super::harness::{Mode, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";
const POSTS: [&str; 16] = [
    "/register",
    "/verify",
    "/verify/resend",
    "/verify/email",
    "/verify/username",
    "/password/strength",
    "/login",
    "/login/mfa",
    "/account/security/totp",
    "/account/security/totp/confirm",
    "/account/security/totp/cancel",
    "/account/security/totp/off",
    "/account/security/recovery-codes",
    "/account/security/browsers/forget",
    "/account/security/browsers/forget-all",
    "/logout",
];

#[tokio::test]
async fn a_body_of_a_megabyte_gets_413() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        for path in POSTS {
            let body = Body::from(format!("username={}", "a".repeat(1_000_000)));
            assert_eq!(app.client(mode).post_raw(path, FORM, body).await.status, 413, "{path}");
        }
    }
}

#[tokio::test]
async fn a_repeated_field_or_an_array_is_refused_and_sends_no_mail() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        for body in [
            "username=ann&email=ann@x.example&email=eve@x.example&password=tumble+rinse+obelisk",
            "username=ann&email[]=ann@x.example&email[]=eve@x.example&password=tumble+rinse+obelisk",
            "username=ann&email%5B0%5D=ann@x.example&password=tumble+rinse+obelisk",
        ] {
            let answer = app.client(mode).post_raw("/register", FORM, body.into()).await;
            assert_eq!(answer.status, 400, "{body}");
        }
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM outbox").await, 0);
}

#[tokio::test]
async fn other_content_types_are_refused() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", ""] {
            let answer = app.client(mode).post_raw("/login", kind, "identifier=ann&password=x".into()).await;
            assert_eq!(answer.status, 415, "{kind}");
        }
    }
}

#[tokio::test]
async fn no_body_causes_a_5xx() {
    let app = TestApp::new().await;
    let many: String = (0..10_000).map(|n| format!("f{n}=1&")).collect();
    let bodies = [
        "",
        "&&&",
        "=",
        "%",
        "%zz=%zz",
        "%00=%00",
        "username",
        "username=%ff%fe",
        "password=%F0%9F%98%80",
        &many,
        "\u{0}",
    ];
    for mode in Mode::BOTH {
        for path in POSTS {
            for body in bodies {
                let answer = app.client(mode).post_raw(path, FORM, body.to_owned().into()).await;
                let fine = !answer.status.is_server_error();
                assert!(fine, "{mode:?} {path} {:?}: {}", &body[..body.len().min(20)], answer.status);
            }
        }
    }
}

#[tokio::test]
async fn a_plain_form_never_redirects_to_its_referer_and_no_error_is_in_a_url() {
    let app = TestApp::new().await;
    for path in POSTS {
        for referer in ["https://evil.example/", "http://127.0.0.1:3000/register?__path=x&__err=eyJ9", ""] {
            let mut client = app.form();
            client.headers = vec![("referer", referer.to_owned())];
            let answer = client.post(path, &[("username", "a b"), ("identifier", "typed"), ("email", "typed")]).await;
            assert_eq!(answer.status, 303, "{path}");
            let to = answer.location().expect("a redirect");
            assert!(
                to.starts_with('/') && !to.contains("evil") && !to.contains("__err") && !to.contains("typed"),
                "{to}"
            );
        }
    }
}

#[tokio::test]
async fn an_error_planted_in_the_url_is_not_shown() {
    let app = TestApp::new().await;
    let page = app.form().get("/login?__path=/login&__err=eyJtZXNzYWdlIjoiQ2FsbCB1cyBhdCAwODAwIn0").await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("0800") && !page.body.contains("eyJtZXNz"));
}

#[tokio::test]
async fn get_and_head_change_nothing() {
    let app = TestApp::new().await;
    let mut client = app.form();
    for path in POSTS {
        let query = format!("{path}?username=ann&email=ann%40x.example&password=tumble+rinse+obelisk&identifier=ann");
        client.get(&query).await;
        client.send(axum::http::Request::head(&query), Body::empty()).await;
    }
    for table in ["email_verification", "otp", "outbox", "account"] {
        assert_eq!(app.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
    }
}

#[tokio::test]
async fn form_errors_for_the_script_are_not_server_errors() {
    let app = TestApp::new().await;
    let mut client = app.script();
    let answer = client.register("a b", "x", "short").await;
    assert_eq!(answer.status, 422);
    assert!(answer.header("content-type").is_some_and(|kind| kind.contains("json")));
    let answer = client.register("ann", "ann@x.example", PASSWORD).await;
    assert_eq!((answer.status.as_u16(), answer.location().as_deref()), (200, Some("/verify")));
}
