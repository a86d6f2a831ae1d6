use crate::harness::app::PASSWORD;
use crate::harness::{TestApp, without_random};

const SCRIPT: &str = "</title><script>alert(1)</script>";
/// A valid email that becomes markup wherever it is not escaped.
const BARBED: &str = "a'b&lt=x&quot={`}@x.example";

/// Asserts that no element, attribute or reference of the page came from the stored text.
fn assert_harmless(page: &str, place: &str) {
    for markup in ["<script>alert", "<img src=x", "'b&lt=", "&quot={", "onerror=x\""] {
        assert!(!page.contains(markup), "{place}: {markup} in {page}");
    }
}

#[tokio::test]
async fn a_stored_email_is_escaped_wherever_it_is_shown() {
    let app = TestApp::new().await;
    let mut client = app.form();
    client.register("ann", BARBED, PASSWORD).await;
    let verify = client.get("/verify").await.body;
    assert!(verify.contains("&amp;lt=x"), "{verify}");
    assert_harmless(&verify, "/verify");
    app.advance(60);
    client.post("/verify/resend", &[]).await;
    assert_harmless(&client.get("/verify").await.body, "the notice of another code");
    let code = app.code_for(BARBED).await;
    client.verify(&code).await;
    client.sign_in(BARBED, PASSWORD).await;
    let dashboard = client.get("/dashboard").await.body;
    assert!(dashboard.contains("&amp;lt=x"), "{dashboard}");
    assert_harmless(&dashboard, "/dashboard");
    let mut expired = app.form();
    expired.register("bob", &BARBED.replace('x', "y"), PASSWORD).await;
    app.advance(301);
    expired.get("/verify").await;
    let register = expired.get("/register").await.body;
    assert!(register.contains("&amp;lt=y"), "{register}");
    assert_harmless(&register, "the form that is filled in again");
}

#[tokio::test]
async fn all_other_stored_text_is_escaped_on_the_dashboard() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    client.sign_in("ann", PASSWORD).await;
    app.execute(&format!("UPDATE account SET last_sign_in_ip = '{SCRIPT}<img src=x>'")).await;
    client.sign_in("ann", PASSWORD).await;
    client.cookies.clear();
    client.sign_in("ann", PASSWORD).await;
    app.execute(&format!("UPDATE account SET last_sign_in_ip = '{SCRIPT}<img src=x>'")).await;
    client.cookies.clear();
    client.sign_in("ann", PASSWORD).await;
    let dashboard = client.get("/dashboard").await.body;
    assert!(dashboard.contains("&lt;script&gt;alert"), "{dashboard}");
    assert_harmless(&dashboard, "/dashboard");
}

#[tokio::test]
async fn the_portals_name_is_escaped_on_every_page() {
    let app = TestApp::with(&[("PORTAL_NAME", SCRIPT)]).await;
    let mut client = app.form();
    for path in ["/", "/register", "/login", "/nowhere", "/dev/mailbox"] {
        assert_harmless(&client.get(path).await.body, path);
    }
    client.register("ann", "ann@x.example", PASSWORD).await;
    assert_harmless(&client.get("/verify").await.body, "/verify");
    let code = app.code_for("ann@x.example").await;
    client.verify(&code).await;
    assert_harmless(&client.get("/login").await.body, "the notice on /login");
    client.sign_in("ann", PASSWORD).await;
    client.get("/dashboard").await;
    assert_harmless(&client.get("/dashboard").await.body, "/dashboard");
}

#[tokio::test]
async fn input_to_every_form_and_query_is_escaped_when_shown_again() {
    let app = TestApp::new().await;
    let typed = "\"><img src=x onerror=x\"><script>alert(1)</script>{{7*7}}${7*7}";
    let mut client = app.form();
    client.register("ann", "ann@x.example", PASSWORD).await;
    for (path, field) in [
        ("/register", "username"),
        ("/register", "email"),
        ("/verify/email", "email"),
        ("/verify/username", "username"),
        ("/login", "identifier"),
        ("/login", "next"),
        ("/login", "remember"),
        ("/verify", "code"),
    ] {
        let answer = client.post(path, &[(field, typed)]).await;
        let page = client.seen(answer).await;
        assert_harmless(&page, path);
        assert!(!without_random(&page).contains("49"), "no template is evaluated");
    }
    for path in
        ["/login?next=/%22%3E%3Cscript%3Ealert(1)", "/register?username=%3Cscript%3Ealert(1)", "/%3Cscript%3Ealert(1)"]
    {
        assert_harmless(&client.get(path).await.body, path);
    }
}

#[tokio::test]
async fn markup_in_the_user_agent_reaches_neither_part_of_a_mail() {
    let app = TestApp::new().await;
    let mut client = app.form();
    // Sent before the harness's own header; the first one counts.
    client.headers = vec![("user-agent", format!("Mozilla/5.0 {SCRIPT} <img src=x> Firefox/132.0"))];
    client.register("ann", "ann@x.example", PASSWORD).await;
    let mails = app.letters_to("ann@x.example").await;
    let [letter] = mails.as_slice() else { panic!("{} mails", mails.len()) };
    assert_harmless(&letter.html, "the HTML part");
    assert!(!letter.text.contains("script"), "only known browser names are shown: {}", letter.text);
}
