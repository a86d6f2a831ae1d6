//! Access that is revoked while a request of the session waits for the writer: nothing is written.

use std::time::Duration;

use super::{Client, PASSWORD, TestApp, add_app, scan, with_ann};
use crate::harness::Authenticator;
use crate::harness::passkeys::{ADD, CONFIRM};

type Fields = Vec<(&'static str, String)>;

/// Each way to revoke a session's access.
const REVOCATIONS: [(&str, &str); 3] = [
    ("all sessions ended", "UPDATE account SET session_epoch = session_epoch + 1"),
    ("this session ended", "DELETE FROM session WHERE account_id IS NOT NULL"),
    ("the account was disabled", "UPDATE account SET disabled_at = 1"),
];

/// Everything that a function of a signed-in user may change.
const STATE: &str = "
    SELECT 'account ' || username || email || password_hash || ifnull(delete_after, '') FROM account UNION ALL
    SELECT 'passkey ' || hex(id) || name FROM passkey UNION ALL
    SELECT 'app ' || hex(secret) FROM totp UNION ALL
    SELECT 'pending ' || hex(secret) FROM totp_waiting UNION ALL
    SELECT 'code ' || hex(digest) || ifnull(used_at, '') FROM recovery_code UNION ALL
    SELECT 'browser ' || hex(digest) FROM trusted_browser UNION ALL
    SELECT 'change ' || email || ifnull(finished_at, '') FROM email_verification UNION ALL
    SELECT 'mail ' || hex(id) FROM outbox UNION ALL
    SELECT 'event ' || kind FROM security_event WHERE kind <> 'sign_in_failed'
    ORDER BY 1";

/// A portal where Ann has one of everything, and her session, in which she just gave her password and a second factor.
async fn with_everything() -> (TestApp, Client, Vec<(&'static str, Fields)>) {
    let (app, mut ann) = with_ann(&[]).await;
    let (_, codes) = add_app(&app, &mut ann).await;
    let mut passkey = Authenticator::new(1);
    assert!(ann.add_passkey(&mut passkey).await.location().is_some());
    let mut trusted = app.script();
    trusted.sign_in("ann", PASSWORD).await;
    trusted.post("/login/mfa", &[("code", &codes[0]), ("trust", "on")]).await;
    ann.post("/account/email", &[("email", "ann@y.example")]).await;
    let email_code = app.code_for("ann@y.example").await;
    let pending = scan(&mut ann).await;
    let adding = ann.options(ADD).await;
    let confirming = ann.options(CONFIRM).await;
    let credential = Authenticator::new(2).create(&adding.options);
    let assertion = passkey.get(&confirming.options);
    let id = async |table: &str| {
        let hex = app.text(&format!("SELECT hex(id) FROM {table}")).await;
        uuid::Uuid::try_parse(&hex).expect("an id").to_string()
    };
    let (passkey_id, browser_id) = (id("passkey").await, id("trusted_browser").await);
    let session = app.text("SELECT hex(handle) FROM session WHERE account_id IS NOT NULL ORDER BY handle DESC").await;
    let session = uuid::Uuid::try_parse(&session).expect("an id").to_string();
    let new = "gravel lantern mosaic".to_owned();
    let text = |text: &str| text.to_owned();
    let functions = vec![
        (ADD, vec![("state", adding.state), ("credential", credential)]),
        ("/account/security/passkeys/rename", vec![("id", passkey_id.clone()), ("name", text("Mine"))]),
        ("/account/security/passkeys/remove", vec![("id", passkey_id)]),
        ("/account/security/totp", vec![]),
        ("/account/security/totp/confirm", vec![("code", pending.code(app.clock.now()))]),
        ("/account/security/totp/cancel", vec![]),
        ("/account/security/totp/off", vec![]),
        ("/account/security/recovery-codes", vec![]),
        ("/account/security/browsers/forget", vec![("id", browser_id)]),
        ("/account/security/browsers/forget-all", vec![]),
        ("/account/username", vec![("username", text("annie"))]),
        ("/account/email", vec![("email", text("ann@z.example"))]),
        ("/account/email/verify", vec![("code", email_code)]),
        ("/account/email/cancel", vec![]),
        ("/account/password", vec![("current_password", text(PASSWORD)), ("password", new)]),
        ("/account/delete", vec![("confirmation", text("ann")), ("password", text(PASSWORD))]),
        ("/account/export", vec![]),
        ("/account/sessions/end", vec![("session", session)]),
        ("/account/sessions/end-others", vec![]),
        ("/account/confirm", vec![("password", text(PASSWORD)), ("code", codes[1].clone())]),
        (CONFIRM, vec![("state", confirming.state), ("credential", assertion)]),
    ];
    (app, ann, functions)
}

#[tokio::test]
async fn no_function_of_a_signed_in_user_writes_anything_after_a_revocation() {
    let (app, ann, functions) = with_everything().await;
    app.execute("CREATE TABLE kept AS SELECT * FROM session").await;
    let version = app.count("SELECT session_epoch FROM account").await;
    for (path, fields) in &functions {
        for (revocation, statement) in REVOCATIONS {
            let what = format!("{path}, {revocation}");
            let before = app.texts(STATE).await;
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let mut client = ann.clone();
            let tx = app.state.store.write().await.expect("the write lock");
            let revoke = async {
                // The request passes the check of its session, and then waits for the writer.
                tokio::time::sleep(Duration::from_millis(150)).await;
                app.execute_within(tx, statement).await;
            };
            let (answer, ()) = tokio::join!(client.post_bare(path, &fields), revoke);
            assert!(!answer.status.is_server_error(), "{what}: {answer:?}");
            assert_eq!(app.texts(STATE).await, before, "{what}: {answer:?}");
            let ended = app.count("SELECT COUNT(*) FROM session WHERE account_id IS NOT NULL").await;
            assert!(ended == 0 || !revocation.starts_with("this"), "{what}: a session was written again");
            app.execute(&format!(
                "DELETE FROM session; INSERT INTO session SELECT * FROM kept; DELETE FROM spent_challenge;
                 DELETE FROM attempt; UPDATE account SET session_epoch = {version}, disabled_at = NULL"
            ))
            .await;
        }
    }
}

#[tokio::test]
async fn each_of_these_functions_writes_something_when_access_is_not_revoked() {
    let (_, _, functions) = with_everything().await;
    let tries = (0..functions.len()).map(async |n| {
        let (app, mut ann, functions) = with_everything().await;
        let (path, fields) = &functions[n];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        // A confirmation writes to the session only.
        let state =
            if path.starts_with("/account/confirm") { "SELECT data FROM session ORDER BY digest" } else { STATE };
        let before = app.texts(state).await;
        let answer = ann.post_bare(path, &fields).await;
        assert_ne!(app.texts(state).await, before, "{path}: {answer:?}");
    });
    futures::future::join_all(tries).await;
}
