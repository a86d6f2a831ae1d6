//! A third-party captcha, with a stand-in on loopback for the endpoint that verifies
//! its answers.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Form, Json, Router};
use tokio::net::TcpListener;

use super::harness::app::PASSWORD;
use super::harness::{Answer, Client, Mode, TestApp};

/// The fields of the verification request.
type Asked = Vec<(String, String)>;

/// Verifies: `good` is valid, `broken` causes a server error, JSON is the verdict itself, everything else is invalid.
#[derive(Clone, Default)]
struct Verification(Arc<Mutex<Vec<Asked>>>);

impl Verification {
    /// Starts to listen; returns its socket address.
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("a socket address");
        let router = Router::new().route("/siteverify", post(verify)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/siteverify")
    }

    fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.0.lock().expect("an unpoisoned lock"))
    }
}

async fn verify(
    State(verification): State<Verification>,
    Form(fields): Form<Asked>,
) -> Result<Json<serde_json::Value>, StatusCode> {
    let response = fields.iter().find(|(name, _)| name == "response").map(|(_, value)| value.clone());
    verification.0.lock().expect("an unpoisoned lock").push(fields);
    match response.as_deref() {
        Some("broken") => Err(StatusCode::INTERNAL_SERVER_ERROR),
        Some("good") => Ok(Json(verdict("portal.example", "register"))),
        Some(verdict) if verdict.starts_with('{') => Ok(Json(serde_json::from_str(verdict).expect("JSON"))),
        _ => Ok(Json(serde_json::json!({ "success": false, "error-codes": ["invalid-input-response"] }))),
    }
}

/// A valid answer, solved in a widget with this action on a page of this host.
fn verdict(hostname: &str, action: &str) -> serde_json::Value {
    serde_json::json!({ "success": true, "hostname": hostname, "action": action })
}

async fn app(provider: &str, verify_url: &str) -> TestApp {
    TestApp::with(&[
        ("PUBLIC_URL", "https://portal.example"),
        ("PORTAL_CAPTCHA", provider),
        ("PORTAL_CAPTCHA_SITE_KEY", "site-key-1"),
        ("PORTAL_CAPTCHA_SECRET", "canary-secret"),
        ("PORTAL_CAPTCHA_VERIFY_URL", verify_url),
        ("PORTAL_FORM_MIN_FILL", "2"),
        ("PORTAL_NO_JS_FORMS_PER_IP", "2"),
        ("PORTAL_OTP_PER_HOUR", "100"),
    ])
    .await
}

/// Registers with what the widget put into the form, as soon as the page has loaded.
async fn register(client: &mut Client, field: &str, response: &str) -> Answer {
    let page = client.get("/register").await.body;
    let challenge = super::harness::captcha::in_page(&page, "/register").expect("a challenge");
    let fields = [
        ("username", "ann"),
        ("email", "ann@x.example"),
        ("password", PASSWORD),
        ("captcha", challenge.as_str()),
        (field, response),
    ];
    client.post_bare("/register", &fields).await
}

#[tokio::test]
async fn the_widgets_answer_is_verified_at_the_providers_endpoint() {
    for (provider, field) in [("turnstile", "cf-turnstile-response"), ("hcaptcha", "h-captcha-response")] {
        let verification = Verification::default();
        let app = app(provider, &verification.start().await).await;
        for mode in Mode::BOTH {
            let mut client = app.client(mode);
            assert_eq!(register(&mut client, field, "good").await.location().as_deref(), Some("/verify"), "{provider}");
            let asked = verification.asked();
            let expected = [
                ("secret", "canary-secret"),
                ("response", "good"),
                ("remoteip", "192.0.2.7"),
                ("sitekey", "site-key-1"),
            ];
            let expected: Asked = expected.iter().map(|&(name, value)| (name.into(), value.into())).collect();
            assert_eq!(asked, [expected]);
            let before = app.count("SELECT COUNT(*) FROM email_verification").await;
            let mut client = app.client(mode);
            let answer = register(&mut client, field, "bad").await;
            assert!(client.seen(answer).await.contains("We couldn't check that you're not a robot."));
            verification.asked();
            assert_eq!(app.count("SELECT COUNT(*) FROM email_verification").await, before);
        }
    }
}

#[tokio::test]
async fn an_answer_from_another_site_or_another_form_does_not_count() {
    let own = |hostname: &str| verdict(hostname, "register");
    for (provider, field, answers) in [
        (
            "turnstile",
            "cf-turnstile-response",
            [
                (own("portal.example"), true),
                (own("evil.example"), false),
                (own("portal.example.evil.example"), false),
                (own("not-provided"), false),
                (own(""), false),
                (serde_json::json!({ "success": true }), true),
                (verdict("portal.example", "login"), false),
                (serde_json::json!({ "success": true, "hostname": "portal.example" }), true),
            ],
        ),
        (
            // It has no actions.
            "hcaptcha",
            "h-captcha-response",
            [
                (own("portal.example"), true),
                (serde_json::json!({ "success": true, "hostname": "portal.example" }), true),
                (own("not-provided"), true),
                (own("evil.example"), false),
                (own("portal.example.evil.example"), false),
                (own(""), false),
                (serde_json::json!({ "success": true }), true),
                (serde_json::json!({ "success": false, "hostname": "portal.example" }), false),
            ],
        ),
    ] {
        let verification = Verification::default();
        let url = verification.start().await;
        for (answer, accepted) in answers {
            for mode in Mode::BOTH {
                let app = app(provider, &url).await;
                let mut client = app.client(mode);
                let passed = register(&mut client, field, &answer.to_string()).await.location();
                assert_eq!(passed.as_deref() == Some("/verify"), accepted, "{provider} {mode:?} {answer}");
            }
        }
    }
}

#[tokio::test]
async fn a_browser_without_scripts_follows_the_portals_own_rules() {
    let verification = Verification::default();
    let app = app("turnstile", &verification.start().await).await;
    let mut client = app.form();
    let answer = register(&mut client, "cf-turnstile-response", "").await;
    assert!(client.seen(answer).await.contains("The form was submitted too quickly."));
    let challenge = client.captcha("/register").await.expect("a challenge");
    app.advance(2);
    let fields = [("username", "ann"), ("email", "a@x.example"), ("password", PASSWORD), ("captcha", &challenge)];
    assert_eq!(client.post_bare("/register", &fields).await.location().as_deref(), Some("/verify"));
    assert!(verification.asked().is_empty());
}

#[tokio::test]
async fn an_outage_of_the_third_party_locks_no_user_out_and_lets_no_flood_in() {
    let verification = Verification::default();
    let working = verification.start().await;
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
    for url in [working, format!("http://{nowhere}/siteverify")] {
        let app = app("turnstile", &url).await;
        let mut client = app.script();
        let answer = register(&mut client, "cf-turnstile-response", "broken").await;
        assert_eq!(answer.status, 429, "as from a browser without scripts");
        let mut passed = 0;
        for _ in 0..4 {
            let page = client.get("/register").await.body;
            let challenge = super::harness::captcha::in_page(&page, "/register").expect("a challenge");
            app.advance(2);
            let fields = [
                ("username", "ann"),
                ("email", "ann@x.example"),
                ("password", PASSWORD),
                ("captcha", challenge.as_str()),
                ("cf-turnstile-response", "broken"),
            ];
            passed += usize::from(client.post_bare("/register", &fields).await.location().is_some());
        }
        assert_eq!(passed, 2, "the limit for forms without a solution");
    }
}

#[tokio::test]
async fn the_page_holds_the_widget_and_never_the_secret() {
    for (provider, class, script) in [
        ("turnstile", "cf-turnstile", "https://challenges.cloudflare.com/turnstile/v0/api.js"),
        ("hcaptcha", "h-captcha", "https://js.hcaptcha.com/1/api.js"),
    ] {
        let app = app(provider, "https://verify.example/").await;
        let page = app.form().get("/register").await;
        let widget = page.body.split('<').find(|tag| tag.contains("data-sitekey=\"site-key-1\""));
        assert!(widget.is_some_and(|tag| tag.contains(class)), "{}", page.body);
        let action = widget.is_some_and(|tag| tag.contains("data-action=\"register\""));
        assert_eq!(action, provider == "turnstile", "{}", page.body);
        let tag = page.body.split('<').find(|tag| tag.contains(script) && tag.starts_with("script"));
        assert!(tag.is_some_and(|tag| tag.contains("nonce=\"")), "{}", page.body);
        assert!(!page.body.contains("canary-secret"));
        let policy = page.header("content-security-policy").expect("a policy");
        let frames = policy.split(';').find(|part| part.trim().starts_with("frame-src")).expect("frames");
        assert!(frames.contains(if provider == "turnstile" { "challenges.cloudflare.com" } else { "hcaptcha.com" }));
    }
    let app = TestApp::new().await;
    let page = app.form().get("/register").await;
    assert!(
        !page.header("content-security-policy").expect("a policy").contains("https:"),
        "without a third party, no external origin"
    );
}
