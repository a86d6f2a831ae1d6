//! The account data export.

use super::{Mode, PASSWORD, signed_in, with_ann};

#[tokio::test]
async fn the_file_holds_all_account_data_and_no_secret() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        app.account("bob", "bob@x.example").await;
        // A client whose session counts as signed in with both of the factors that are added here.
        let mut client = signed_in(&app, mode).await;
        app.execute(
            "INSERT INTO passkey SELECT randomblob(16), id, x'c0ffee', 'key material', 'My key', 0, NULL, '' FROM account WHERE username = 'ann';
             INSERT INTO totp SELECT id, x'5ec7e7', 0, 1000, NULL, '' FROM account WHERE username = 'ann';
             INSERT INTO email_change SELECT randomblob(16), id, email, 'old@x.example', 'old@x.example', 0, 1000, NULL, NULL FROM account WHERE username = 'ann';
             INSERT INTO email_verification (id, purpose, account_id, email, email_key, address_taken, tries, email_changes, created_at)
             SELECT randomblob(16), 'email_change', id, 'bob@x.example', 'bob@x.example', 1, 0, 0, 2000 FROM account WHERE username = 'ann';
             UPDATE session SET data = json_set(data, '$.signed_in.two_step', json('true')) WHERE account_id IS NOT NULL",
        )
        .await;
        let answer = client.post("/account/export", &[]).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let name = "attachment; filename=\"portal-export-2026-11-23.json\"";
        assert_eq!(answer.header("content-disposition"), Some(name));
        let file: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(file["account"]["email"], "ann@x.example");
        assert_eq!(file["passkeys"][0]["name"], "My key");
        assert_eq!(file["email_changes"][0]["from"], "old@x.example");
        assert_eq!(file["email_changes"][0]["confirmed_at"], "1970-01-01T00:00:01Z");
        assert_eq!(file["email_changes"][1]["from"], "ann@x.example");
        assert_eq!(file["email_changes"][1]["to"], "bob@x.example");
        assert!(file["email_changes"][1]["confirmed_at"].is_null());
        assert_eq!(file["codes"][0]["purpose"], "registration");
        assert_eq!(file["codes"][0]["mail"]["state"], "sent");
        assert_eq!(file["sessions"][0]["from"], "192.0.2.7");
        assert_eq!(file["security_log"][0]["what"], "data_exported");
        assert_eq!(file["known_devices"].as_array().map(Vec::len), Some(1));
        for secret in ["$argon2", "digest", "password_hash", "c0ffee", "key material", "5ec7e7", "address_taken"] {
            assert!(!answer.body.contains(secret), "{secret}");
        }
        assert!(!answer.body.contains("\"bob\""), "nothing of other users");
        assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'data_exported'").await, 1);
    }
}

#[tokio::test]
async fn an_old_sign_in_requires_the_password_first() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        app.advance(301);
        let answer = client.post("/account/export", &[]).await;
        assert_eq!(answer.headers.get("location").and_then(|it| it.to_str().ok()), Some("/account/confirm"));
        let answer = client.post("/account/confirm", &[("password", PASSWORD)]).await;
        assert_eq!(answer.location().as_deref(), Some("/account"));
        assert!(client.seen(answer).await.contains("Press the button again"));
        assert_eq!(client.post("/account/export", &[]).await.status, 200);
    }
}
