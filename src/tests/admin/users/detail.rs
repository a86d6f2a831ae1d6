//! A user's page.

use super::{PASSWORD, administrator, change, id_of, with_bob};
use crate::harness::{Mode, TestApp};

const SCRIPT: &str = "</title><script>alert(1)</script><img src=x onerror=x>";

#[tokio::test]
async fn a_users_page_shows_what_administrators_may_know() {
    let (app, mut ann) = with_bob(Mode::Form).await;
    let mut bob = app.form().at_ip("198.51.100.9");
    bob.sign_in("bob", "not the password").await;
    bob.sign_in("bob", PASSWORD).await;
    let (mut passkey_owner, _) = app.member_with_passkey("carl", 1).await;
    passkey_owner.get("/dashboard").await;
    app.client(Mode::Form).post("/recover", &[("email", "bob@x.example")]).await;
    let id = id_of(&app, "bob").await;
    change(&mut ann, &id, "make-administrator", "Helps with <b>mail</b>").await;
    let page = ann.get(&format!("/admin/users/{id}")).await.body;
    for text in [
        "bob@x.example",
        "Administrator",
        "Active",
        "198.51.100.9",
        "Firefox on Linux",
        "Registration",
        "Used",
        "Password reset",
        "Pending",
        "Sign-in failed: incorrect password",
        "Signed in",
        "Admin role given",
        "Helps with &lt;b&gt;mail",
        "Recovery codes left",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let carl = ann.get(&format!("/admin/users/{}", id_of(&app, "carl").await)).await.body;
    assert!(
        carl.contains("<dt>Passkeys</dt><dd>1</dd>") && carl.contains("<dt>Recovery codes left</dt><dd>10</dd>"),
        "{carl}"
    );
}

#[tokio::test]
async fn an_invalid_user_id_is_not_found() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    let id = id_of(&app, "ann").await;
    let upper = id.to_uppercase();
    for below in [
        "00000000-0000-7000-8000-000000000000",
        "00000000-0000-7000-8000-000000000000/disable",
        "nobody",
        upper.as_str(),
        &id.replace('-', ""),
        &format!("{id}/burn"),
        &format!("{id}/disable/now"),
    ] {
        assert_eq!(ann.get(&format!("/admin/users/{below}")).await.status, 404, "{below}");
    }
    for form in ["change", "export"] {
        assert_eq!(ann.get(&format!("/admin/users/{form}")).await.status, 405, "{form}");
    }
    assert_eq!(ann.get(&format!("/admin/users/{id}")).await.status, 200);
}

/// Everything that could reveal a secret, as text, hex and base64.
async fn secrets(app: &TestApp) -> Vec<String> {
    use base64::Engine as _;
    let mut secrets = app.texts("SELECT password_hash FROM account").await;
    for column in app.binary_columns().await {
        let (table, name) = column.split_once('.').expect("a table and a column");
        let found = app.texts(&format!("SELECT hex({name}) FROM {table} WHERE length({name}) > 4")).await;
        for hex in found {
            let bytes: Vec<u8> =
                (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex")).collect();
            secrets.push(base64::engine::general_purpose::STANDARD_NO_PAD.encode(&bytes));
            secrets.push(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes));
            secrets.push(hex.to_lowercase());
            secrets.push(hex);
        }
    }
    secrets.extend(app.texts("SELECT hex(digest) FROM session").await.into_iter().map(|hex| hex.to_lowercase()));
    secrets
}

#[tokio::test]
async fn no_page_about_users_holds_a_hash_or_a_secret() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        app.member_with_passkey("carl", 1).await;
        app.client(mode).post("/recover", &[("email", "carl@x.example")]).await;
        let code = app.code_for("carl@x.example").await;
        app.execute("INSERT INTO totp SELECT id, randomblob(60), 1, 2, 3, '' FROM account WHERE username = 'carl'")
            .await;
        let secrets = secrets(&app).await;
        assert!(secrets.len() > 20);
        let id = id_of(&app, "carl").await;
        let mut pages = vec!["/admin/users".to_owned(), format!("/admin/users/{id}")];
        pages.extend(portal::domain::UserAction::ALL.map(|action| format!("/admin/users/{id}/{}", action.as_str())));
        for path in pages {
            let page = ann.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            for secret in secrets.iter().map(String::as_str).chain(["$argon2", &code]) {
                assert!(!page.body.contains(secret), "{path}: {secret}");
            }
        }
    }
}

#[tokio::test]
async fn stored_user_data_is_escaped_on_every_page() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    app.account("bob", "a'b&lt=x&quot={`}@x.example").await;
    let mut bob = app.form();
    bob.sign_in("bob", PASSWORD).await;
    app.execute(&format!("UPDATE account SET last_sign_in_ip = '{SCRIPT}' WHERE username = 'bob'")).await;
    app.execute(&format!("UPDATE security_event SET ip = '{SCRIPT}', detail = '{SCRIPT}', user_agent = '{SCRIPT}'"))
        .await;
    app.execute(&format!("UPDATE session SET data = replace(data, 'Firefox', '{SCRIPT}')")).await;
    app.execute(&format!("UPDATE otp SET purpose = '{SCRIPT}'")).await;
    let id = id_of(&app, "bob").await;
    // First with the session, and then with the reason why it was ended.
    let before = ann.get(&format!("/admin/users/{id}")).await.body;
    assert!(before.contains("Last active") && !before.contains("<script>alert"), "{before}");
    change(&mut ann, &id, "end-sessions", SCRIPT).await;
    for path in ["/admin/users".to_owned(), format!("/admin/users/{id}"), format!("/admin/users/{id}/delete")] {
        let page = ann.get(&path).await.body;
        for markup in ["<script>alert", "<img src=x", "'b&lt=", "&quot={"] {
            assert!(!page.contains(markup), "{path}: {markup} in {page}");
        }
    }
    let page = ann.get(&format!("/admin/users/{id}")).await.body;
    assert!(page.contains("&lt;script&gt;alert") && page.contains("&amp;lt=x"), "{page}");
}
