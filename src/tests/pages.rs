//! The pages: who may see them, and what they contain.

use std::collections::BTreeSet;

use portal::routes::PAGES;

use super::admin::{administrator, id_of};
use super::harness::app::PASSWORD;
use super::harness::{Client, Mode, TestApp};

#[tokio::test]
async fn a_signed_out_visitor_sees_only_the_public_pages() {
    let app = TestApp::new().await;
    let mut client = app.form();
    for path in ["/", "/register", "/login"] {
        assert_eq!(client.get(path).await.status, 200, "{path}");
    }
    let home = client.get("/").await.body;
    assert!(home.contains("href=\"/register\"") && home.contains("href=\"/login\""));
    assert_eq!(client.get("/dashboard").await.location().as_deref(), Some("/login?next=/dashboard"));
    let verify = client.get("/verify").await;
    assert_eq!(verify.location().as_deref(), Some("/register"));
    assert!(client.get("/register").await.body.contains("No registration is in progress in this browser"));
}

#[tokio::test]
async fn a_signed_in_user_is_redirected_to_the_dashboard() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    client.sign_in("ann", PASSWORD).await;
    for path in ["/", "/register", "/login"] {
        assert_eq!(client.get(path).await.location().as_deref(), Some("/dashboard"), "{path}");
    }
    let page = client.get("/dashboard").await;
    assert_eq!(page.header("cache-control"), Some("no-store"));
    for fact in ["ann", "ann@x.example", "192.0.2.7", "action=\"/logout\""] {
        assert!(page.body.contains(fact), "{fact}");
    }
}

#[tokio::test]
async fn every_account_page_is_at_its_path() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    client.sign_in("ann", PASSWORD).await;
    for (path, heading) in [
        ("/account/confirm", "Confirm your password"),
        ("/account/sessions", "Sessions"),
        ("/account/security/log", "Security log"),
    ] {
        let page = client.get(path).await.body;
        assert!(page.contains(&format!("<h1>{heading}</h1>")), "{path}: {page}");
    }
}

#[tokio::test]
async fn no_page_is_cached_by_a_browser() {
    let app = TestApp::new().await;
    let mut client = app.form();
    client.register("ann", "ann@x.example", PASSWORD).await;
    for path in ["/", "/register", "/login", "/login/mfa", "/verify", "/dashboard", "/nowhere"] {
        assert_eq!(client.get(path).await.header("cache-control"), Some("no-store"), "{path}");
    }
    app.account("ben", "ben@x.example").await;
    client.sign_in("ben", PASSWORD).await;
    for path in ["/dashboard", "/account/security", "/account/security/recovery-codes", "/account/confirm"] {
        let answer = client.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, Some("no-store")), "{path}");
    }
}

#[tokio::test]
async fn the_dashboard_shows_the_previous_sign_in() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut first = app.form().at_ip("198.51.100.7");
    first.sign_in("ann", PASSWORD).await;
    assert!(!first.get("/dashboard").await.body.contains("192.0.2.7"));
    app.advance(3_600);
    let mut second = app.form();
    second.sign_in("ann", PASSWORD).await;
    assert!(second.get("/dashboard").await.body.contains("198.51.100.7"));
}

#[tokio::test]
async fn every_form_is_a_real_form_with_its_documented_fields() {
    let app = TestApp::new().await;
    let mut client = app.form();
    let register = client.get("/register").await.body;
    assert_form(&register, "/register", &["username", "email", "password"]);
    assert_form(&client.get("/login").await.body, "/login", &["identifier", "password", "remember"]);
    client.register("ann", "ann@x.example", PASSWORD).await;
    let verify = client.get("/verify").await.body;
    assert_form(&verify, "/verify", &["code"]);
    assert_form(&verify, "/verify/resend", &[]);
    assert_form(&verify, "/verify/email", &["email"]);
    assert!(verify.contains("autocomplete=\"one-time-code\"") && verify.contains("inputmode=\"numeric\""));
    assert!(register.contains("autocomplete=\"new-password\"") && register.contains("autocomplete=\"email\""));
}

fn assert_form(page: &str, action: &str, fields: &[&str]) {
    let form = page.split("<form").skip(1).find(|form| form.contains(&format!("action=\"{action}\"")));
    let form = form.unwrap_or_else(|| panic!("no form for {action}: {page}"));
    let form = form.split("</form>").next().unwrap_or_default();
    assert!(form.contains("method=\"post\""), "{action}");
    for field in fields {
        assert!(form.contains(&format!("name=\"{field}\"")), "{action} {field}");
    }
}

#[tokio::test]
async fn the_page_states_when_the_code_expires_as_text() {
    let app = TestApp::new().await;
    let mut client = app.form();
    client.register("ann", "ann@x.example", PASSWORD).await;
    let page = client.get("/verify").await.body;
    assert!(page.contains("12:05"), "the clock of the test began at 12:00 UTC: {page}");
    assert!(page.contains("UTC"));
}

#[tokio::test]
async fn markup_in_typed_input_is_escaped() {
    let app = TestApp::new().await;
    let script = "<script>alert(1)</script>\"'><img src=x>";
    let mut client = app.form();
    let answer = client.register(script, script, PASSWORD).await;
    let page = client.seen(answer).await;
    assert!(!page.contains("<script>alert(1)") && !page.contains("<img src=x>"), "{page}");
    let answer = client.sign_in(script, PASSWORD).await;
    let page = client.seen(answer).await;
    assert!(!page.contains("<script>alert(1)") && !page.contains("<img src=x>"));
}

#[tokio::test]
async fn an_unknown_path_is_a_404_page() {
    let app = TestApp::new().await;
    let mut client: Client = app.form();
    for path in ["/nowhere", "/register/nowhere", "/admin", "/pkg/nowhere.js"] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
    assert!(client.get("/nowhere").await.body.contains("href=\"/\""));
}

#[tokio::test]
async fn odd_request_targets_are_a_4xx_and_the_process_keeps_running() {
    let app = TestApp::new().await;
    let mut client = app.form();
    for target in [
        "//",
        "//[",
        "//evil.example/",
        "/[",
        "/%00",
        "/%ff",
        "/login?next=%00&next=%ff",
        "/\u{61}?[=]&&&==",
        "/..%2f..%2fetc/passwd",
        "/pkg/..%2f..%2fCargo.toml",
    ] {
        let answer = client.get(target).await;
        assert!(!answer.status.is_server_error(), "{target} {}", answer.status);
        assert!(!answer.body.contains("[package]"));
    }
    assert_eq!(client.get("/livez").await.status, 200);
}

#[tokio::test]
async fn health_checks_respond() {
    let app = TestApp::new().await;
    let mut client = app.form();
    assert_eq!(client.get("/livez").await.body, "ok\n");
    assert_eq!(client.get("/readyz").await.status, 200);
    app.execute("DROP TABLE account").await;
    assert_eq!(client.get("/livez").await.status, 200);
    assert_eq!(client.get("/readyz").await.status, 503);
}

#[tokio::test]
async fn the_development_mailbox_is_not_available_with_smtp() {
    let app = TestApp::new().await;
    assert_eq!(app.form().get("/dev/mailbox").await.status, 200);
    let app = TestApp::with(&[("SMTP_URL", "smtps://user:secret@smtp.example.com:465")]).await;
    assert_eq!(app.form().get("/dev/mailbox").await.status, 404);
}

#[tokio::test]
async fn exactly_the_pages_with_an_island_load_the_script() {
    let app = TestApp::new().await;
    let ann = administrator(&app, Mode::Form, "ann").await;
    let id = id_of(&app, "ann").await;
    let mut registering = app.form();
    registering.register("bob", "bob@x.example", PASSWORD).await;
    let mut recovering = app.form();
    recovering.post("/recover", &[("email", "ann@admin.example")]).await;
    let (mut seen, mut without) = (BTreeSet::new(), BTreeSet::new());
    for client in [app.form(), ann, registering, recovering] {
        for page in PAGES {
            let path = page.path.replace("{id}", &id).replace("{action}", "make-user");
            let answer = client.clone().get(&path).await;
            if answer.status == 200 {
                let (script, island) =
                    (answer.body.contains("type=\"module\""), answer.body.contains("<leptos-island"));
                assert_eq!(script, island, "{path}");
                assert!(!answer.body.contains("<h1>Page not found"), "{path}: the page was not loaded");
                seen.insert(page.path);
                if !script {
                    without.insert(page.path);
                }
            }
        }
    }
    // The others need a code by email, or a second factor.
    let unseen: Vec<_> = PAGES.iter().map(|page| page.path).filter(|path| !seen.contains(path)).collect();
    assert!(unseen.len() <= 4, "{unseen:?}");
    // The audit log is still empty, and without rows it has no island.
    for path in ["/", "/from-mail", "/account/security/recovery-codes", "/admin", "/admin/audit"] {
        assert!(without.contains(path), "{path}");
    }
    for path in ["/register", "/verify", "/login", "/recover", "/dashboard", "/account", "/account/security"] {
        assert!(seen.contains(path) && !without.contains(path), "{path}");
    }
}
