//! What users see when a part of the portal fails.

use std::time::Duration;

use portal::store::Store;
use secrecy::ExposeSecret as _;

use super::harness::app::PASSWORD;
use super::harness::process::{Served, browser, register};
use super::harness::{Mode, TestApp};

mod disconnect;
mod disk;
mod lock;
mod postgres;
mod scene;

#[tokio::test]
async fn a_server_error_is_one_plain_line_with_the_request_id_in_both_modes() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.execute("DROP TABLE otp").await;
        let answer = app.client(mode).register("ann", "ann@x.example", PASSWORD).await;
        assert_eq!(answer.status, 503);
        let id = answer.header("x-request-id").expect("an id").to_owned();
        assert!(
            answer.body.contains("Something went wrong on our side.") && answer.body.contains(&id),
            "{}",
            answer.body
        );
        assert!(!answer.body.contains("otp") && !answer.body.contains("SQL"), "{}", answer.body);
        assert!(answer.header("retry-after").is_some());
        assert_eq!(app.count("SELECT COUNT(*) FROM email_verification").await, 0, "no partial registration is stored");
    }
}

#[tokio::test]
async fn with_the_mail_server_down_registering_works_and_the_page_says_mail_is_delayed() {
    // Nothing listens there, so every attempt to send fails at once.
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("smtp://{nowhere}?tls=none");
    let served = Served::start(folder.path(), &[("SMTP_URL", url.as_str())]).await;
    let browser = browser();
    let answer = register(&browser, &served, "ann", "ann@x.example").await;
    assert_eq!(answer.headers()["location"], "/verify");
    let page = browser.get(served.url("/verify")).send().await.expect("an answer").text().await.expect("text");
    assert!(page.contains("The email can take a few minutes to arrive."), "{page}");
}

#[tokio::test]
async fn a_page_whose_session_cannot_be_read_is_a_503_and_recovers() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    client.sign_in("ann", PASSWORD).await;
    app.execute("ALTER TABLE session RENAME TO away").await;
    let answer = client.get("/dashboard").await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("Something went wrong"));
    app.execute("ALTER TABLE away RENAME TO session").await;
    assert_eq!(client.get("/dashboard").await.status, 200);
}

#[tokio::test]
async fn while_another_process_holds_the_lock_users_wait_and_nothing_fails() {
    let app = TestApp::new().await;
    let outside =
        Store::open(app.state.config.database.url.expose_secret(), app.state.clock.clone()).await.expect("a store");
    let held = outside.write().await.expect("the lock");
    let release = async {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        held.commit().await.expect("the transaction commits");
    };
    let mut client = app.form();
    let (answer, ()) = tokio::join!(client.register("ann", "ann@x.example", PASSWORD), release);
    assert_eq!(answer.location().as_deref(), Some("/verify"));
}

#[tokio::test]
async fn an_impossible_date_is_still_displayed_and_the_process_keeps_running() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    client.sign_in("ann", PASSWORD).await;
    app.execute("UPDATE account SET created_at = 9223372036854775807, verified_at = -9223372036854775807").await;
    let answer = client.get("/dashboard").await;
    assert_eq!(answer.status, 200);
    assert_eq!(client.get("/livez").await.status, 200);
}
