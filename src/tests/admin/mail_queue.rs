//! `/admin/mail`: the outbox, and the actions on its emails.

use portal::mail::Sender;
use portal::mail::Worker;
use portal::mail::transport::memory::Behavior;
use portal::mail::transport::{SendError, Timeouts, Transport};
use portal::store::outbox::MailFault;

use super::administrator;
use crate::harness::app::{PASSWORD, first_six_digits};
use crate::harness::mail::outbox::{helo, server};
use crate::harness::mail::{At, Fault, MailServer, Protection};
use crate::harness::{Answer, Client, Mode, TestApp};

async fn ann(app: &TestApp, mode: Mode) -> Client {
    let ann = administrator(app, mode, "ann").await;
    app.deliver().await;
    app.execute("DELETE FROM outbox").await;
    ann
}

async fn id(app: &TestApp) -> String {
    let hex = app.text("SELECT hex(id) FROM outbox ORDER BY id DESC LIMIT 1").await;
    uuid::Uuid::try_parse(&hex).expect("an id").to_string()
}

async fn press(client: &mut Client, action: &str, id: &str) -> String {
    let answer: Answer = client.post(&format!("/admin/mail/{action}"), &[("mail", id)]).await;
    client.seen(answer).await
}

async fn audited(app: &TestApp) -> Vec<String> {
    app.texts("SELECT action || ': ' || detail FROM audit ORDER BY seq").await
}

#[tokio::test]
async fn a_failed_email_is_retried_and_delivered() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = ann(&app, mode).await;
        app.mail_fares(Behavior::Fail(SendError::new(MailFault::Recipient, "550 5.7.1 relaying denied")));
        app.form().register("bob", "bob.lee@x.example", PASSWORD).await;
        app.deliver().await;
        let page = ann.get("/admin/mail?state=dead").await.body;
        for text in ["Registration code", "b***@x.example", "Failed", "550 5.7.1 relaying denied", "Try again"] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!page.contains("bob.lee") && !page.contains(">Cancel<"), "{page}");
        app.mail_fares(Behavior::Accept);
        app.deliver().await;
        assert_eq!(app.texts("SELECT state FROM outbox").await, ["dead"], "it is not retried automatically");
        let id = id(&app).await;
        let seen = press(&mut ann, "retry", &id).await;
        assert!(mode == Mode::Script || seen.contains("queued again"), "{seen}");
        let code = app.code_for("bob.lee@x.example").await;
        assert!(first_six_digits(&code).is_some());
        let page = ann.get("/admin/mail").await.body;
        assert!(page.contains("Sent") && !page.contains(&code) && !page.contains("relaying denied"), "{page}");
        assert_eq!(app.count("SELECT COUNT(*) FROM outbox WHERE payload IS NOT NULL").await, 0);
        assert_eq!(audited(&app).await, ["mail_retried: Registration code, to b***@x.example"]);
        assert!(press(&mut ann, "retry", &id).await.contains("hasn't failed"));
        assert_eq!(audited(&app).await.len(), 1, "the refused action changed nothing");
    }
}

#[tokio::test]
async fn an_expired_code_and_an_erased_email_are_not_retried() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = ann(&app, mode).await;
        app.mail_fares(Behavior::Fail(SendError::new(MailFault::Recipient, "550 no")));
        app.form().register("bob", "bob@x.example", PASSWORD).await;
        app.deliver().await;
        app.advance(301);
        assert!(!ann.get("/admin/mail").await.body.contains("Try again"));
        let expired = id(&app).await;
        assert!(press(&mut ann, "retry", &expired).await.contains("has expired, so it can't be sent"));
        app.state.maintenance().purge().await.expect("the purge");
        assert_eq!(app.count("SELECT COUNT(*) FROM outbox WHERE payload IS NOT NULL").await, 0);

        ann.post("/admin/mail/test", &[]).await;
        app.deliver().await;
        app.advance(7 * 86_400 - 1);
        app.state.maintenance().purge().await.expect("the purge");
        assert_eq!(app.count("SELECT COUNT(*) FROM outbox WHERE payload IS NOT NULL").await, 1, "for a week");
        app.advance(1);
        app.state.maintenance().purge().await.expect("the purge");
        assert_eq!(app.count("SELECT COUNT(*) FROM outbox WHERE payload IS NOT NULL").await, 0);
        let mut ann = app.client(mode);
        ann.sign_in("ann", PASSWORD).await;
        let erased = app.text("SELECT hex(id) FROM outbox WHERE kind = 'test'").await;
        assert!(press(&mut ann, "retry", &erased).await.contains("has been deleted, so it can't be sent"));
        app.mail_fares(Behavior::Accept);
        app.deliver().await;
        assert_eq!(app.count("SELECT COUNT(*) FROM outbox WHERE state = 'sent' AND kind != 'new_device'").await, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE action = 'mail_retried'").await, 0);
    }
}

#[tokio::test]
async fn a_canceled_email_is_never_delivered_and_its_content_is_erased() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = ann(&app, mode).await;
        app.form().register("bob", "bob@x.example", PASSWORD).await;
        let id = id(&app).await;
        assert!(ann.get("/admin/mail?state=waiting").await.body.contains(">Cancel<"));
        let seen = press(&mut ann, "drop", &id).await;
        assert!(mode == Mode::Script || seen.contains("Email canceled"), "{seen}");
        app.deliver().await;
        app.advance(60);
        assert_eq!(app.mails_to("bob@x.example").await.len(), 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM outbox WHERE state = 'dropped' AND payload IS NULL").await, 1);
        assert!(ann.get("/admin/mail?state=dropped").await.body.contains("Canceled by an administrator"));
        assert!(ann.get("/admin/otps?delivery=dropped").await.body.contains("b***@x.example"));
        assert_eq!(audited(&app).await, ["mail_dropped: Registration code, to b***@x.example"]);
        for action in ["drop", "retry"] {
            assert!(press(&mut ann, action, &id).await.contains("This email "));
        }
        assert!(press(&mut ann, "drop", "nonsense").await.contains("no longer exists"));
        assert_eq!(audited(&app).await.len(), 1);
    }
}

#[tokio::test]
async fn a_test_email_is_sent_to_the_administrator_at_most_once_a_minute() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = ann(&app, mode).await;
        let answer = ann.post("/admin/mail/test", &[("to", "bob@x.example"), ("email", "bob@x.example")]).await;
        let seen = ann.seen(answer).await;
        assert!(seen.contains("Sending a test email to a***@admin.example"), "{seen}");
        let mails = app.mails_to("ann@admin.example").await;
        let test = mails.iter().find(|(subject, _)| subject.starts_with("Test email from ")).expect("the test email");
        assert!(test.1.contains("Hello ann,") && test.1.contains("192.0.2.7"), "{}", test.1);
        assert_eq!(app.mails_to("bob@x.example").await.len(), 0);
        app.advance(59);
        let answer = ann.post("/admin/mail/test", &[]).await;
        assert!(ann.seen(answer).await.contains("within the last minute"));
        app.advance(1);
        ann.post("/admin/mail/test", &[]).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM outbox WHERE kind = 'test'").await, 2);
        let line = "test_mail_sent: a***@admin.example";
        assert_eq!(audited(&app).await, [line, line]);
    }
}

#[tokio::test]
async fn while_the_mail_server_is_down_the_queue_shows_why_and_the_next_attempt() {
    let app = TestApp::new().await;
    let mut ann = ann(&app, Mode::Form).await;
    let mail_server = MailServer::start(Protection::None).await;
    let url = format!("smtp://127.0.0.1:{}?tls=none", mail_server.port());
    let transport = Transport::smtp(server(&url), helo(), Timeouts::RFC_5321).expect("a transport");
    let from = "no-reply@portal.example".parse().expect("an email");
    let sender = Sender::new(from, "Portal", "https://portal.example");
    let mailer = app.state.mailer.clone();
    let worker = Worker::new(app.state.store.clone(), mailer, transport, sender);
    ann.post("/admin/mail/test", &[]).await;
    mail_server.fault((At::Greeting, Fault::Answer("421 4.3.2 closed for repairs")));
    worker.deliver_due().await.expect("no error");
    let page = ann.get("/admin/mail?state=waiting&kind=test").await.body;
    for text in ["421 4.3.2: temporary failure", "a***@admin.example", "23 November 2026, 12:00 UTC", ">Cancel<"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("ann@admin.example"), "{page}");
    mail_server.fault(None);
    app.advance(6);
    worker.deliver_due().await.expect("no error");
    mail_server.wait_for(1).await;
    assert_eq!(mail_server.accepted()[0].to, ["ann@admin.example"]);
    let page = ann.get("/admin/mail?kind=test").await.body;
    assert!(page.contains(">Sent<") && !page.contains("421 4.3.2"), "{page}");
}

#[tokio::test]
async fn the_queue_is_filtered_and_read_page_by_page() {
    let app = TestApp::new().await;
    let mut ann = ann(&app, Mode::Form).await;
    assert!(ann.get("/admin/mail").await.body.contains("No emails yet"));
    app.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
         INSERT INTO outbox (id, kind, recipient_masked, state, attempts, created_at, next_attempt_at)
         SELECT CAST(printf('%016x', i) AS BLOB), iif(i % 2, 'new_device', 'odd_kind'), 'p***@x.example', \
         iif(i % 4 < 2, 'sent', 'dead'), 1, i, i FROM n",
    )
    .await;
    let count = |body: &str| body.matches("data-label=\"Type\"").count();
    let first = ann.get("/admin/mail").await.body;
    assert!(count(&first) == 50 && first.contains("before=") && !first.contains("after="));
    for (query, found) in [("?state=dead&kind=new_device", 30), ("?kind=odd_kind&state=sent", 30), ("?kind=test", 0)] {
        assert_eq!(count(&ann.get(&format!("/admin/mail{query}")).await.body), found, "{query}");
    }
    assert!(ann.get("/admin/mail?state=nonsense").await.body.contains("No emails match"));
    assert!(!first.contains("Try again"), "an email without content cannot be retried");
}
