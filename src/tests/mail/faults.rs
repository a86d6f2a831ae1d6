//! Mail server faults, and what happens to the email.

use std::time::{Duration, Instant};

use portal::mail::transport::Timeouts;
use portal::mail::{Report, Worker};
use portal::store::outbox;
use tokio::sync::watch;

use crate::harness::mail::outbox::{ADDRESS, Outbox};
use crate::harness::mail::{At, Fault, MailServer, Protection};

const SENT: Report = Report { sent: 1, postponed: 0, dead: 0, expired: 0 };
const POSTPONED: Report = Report { sent: 0, postponed: 1, dead: 0, expired: 0 };
const DEAD: Report = Report { sent: 0, postponed: 0, dead: 1, expired: 0 };

async fn with_server() -> (Outbox, MailServer, Worker) {
    let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
    let worker = outbox.smtp(&url(&server));
    (outbox, server, worker)
}

fn url(server: &MailServer) -> String {
    format!("smtp://127.0.0.1:{}?tls=none", server.port())
}

#[tokio::test]
async fn a_valid_code_is_sent_within_a_minute_of_the_servers_return() {
    let (outbox, server, worker) = with_server().await;
    outbox.write(&outbox.code()).await;
    let port = server.stop().await;
    // Two and a half minutes without a server, with a check every second.
    for _ in 0..150 {
        worker.deliver_due().await.expect("no error");
        outbox.clock.advance(Duration::from_secs(1));
    }
    assert!(outbox.row().await.attempts >= 5);
    let server = MailServer::again(port).await;
    let mut waited = 0;
    while server.accepted().is_empty() {
        worker.deliver_due().await.expect("no error");
        outbox.clock.advance(Duration::from_secs(1));
        waited += 1;
        assert!(waited <= 41, "the code is still not sent");
    }
}

#[tokio::test]
async fn a_temporary_rejection_is_retried_until_the_server_accepts_the_email() {
    let (outbox, server, worker) = with_server().await;
    outbox.write(&outbox.code()).await;
    for at in [At::Greeting, At::Recipient, At::Content] {
        server.fault((at, Fault::Answer("451 4.7.1 greylisted, Ann.Lee@mail.example")));
        assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED, "{at:?}");
        let error = outbox.row().await.last_error.expect("a reason");
        assert_eq!(error, "451 4.7.1: temporary failure of the mail server");
        outbox.clock.advance(Duration::from_secs(40));
    }
    server.fault(None);
    assert_eq!(worker.deliver_due().await.expect("no error"), SENT);
    assert_eq!(server.accepted().len(), 1);
}

#[tokio::test]
async fn a_permanent_rejection_fails_the_email_at_once_and_only_the_status_is_kept() {
    for (at, reply, status, fault) in [
        (At::Recipient, "550 5.1.1 <Ann.Lee@mail.example> unknown, code 042193", "550 5.1.1", "recipient"),
        (At::Content, "554 5.7.1 Ann.Lee@mail.example does not want 042193", "554 5.7.1", "content"),
        (At::Content, "550 <Ann.Lee@mail.example> has no mailbox 5.1.1", "550", "content"),
        (At::Recipient, "553 5.042193.1 Ann.Lee", "553", "recipient"),
    ] {
        let (outbox, server, worker) = with_server().await;
        outbox.write(&outbox.code()).await;
        server.fault((at, Fault::Answer(reply)));
        assert_eq!(worker.deliver_due().await.expect("no error"), DEAD, "{reply}");
        let row = outbox.row().await;
        assert_eq!((row.state.as_str(), row.fault.as_deref()), ("dead", Some(fault)), "{reply}");
        let what = if fault == "content" { "email" } else { "recipient" };
        assert_eq!(row.last_error, Some(format!("{status}: the mail server refused the {what}")));
    }
}

#[tokio::test]
async fn a_rejection_of_the_portals_settings_is_retried_and_names_them() {
    for (at, reply, status, setting) in [
        (At::Greeting, "554 no mail today", "554", "SMTP_URL"),
        (At::Sender, "550 5.1.0 <no-reply@portal.example> sender rejected", "550 5.1.0", "MAIL_FROM"),
        (At::Recipient, "530 5.7.0 sign in first", "530 5.7.0", "SMTP_URL"),
        (At::Recipient, "504 5.5.2 <x>: Helo command rejected: need a name", "504 5.5.2", "PORTAL_SMTP_HELO"),
        (At::Recipient, "554 5.7.1 <Ann.Lee@mail.example>: Relay access denied", "554 5.7.1", "SMTP_URL"),
        (At::Content, "550 5.7.60 SMTP; Client may not send as this sender", "550 5.7.60", "MAIL_FROM"),
    ] {
        let (outbox, server, worker) = with_server().await;
        outbox.write(&outbox.code()).await;
        server.fault((at, Fault::Answer(reply)));
        assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED, "{reply}");
        let row = outbox.row().await;
        assert_eq!(row.fault.as_deref(), Some("settings"), "{reply}");
        let error = row.last_error.expect("a reason");
        assert!(error.starts_with(&format!("{status}: ")) && error.contains(setting), "{error}");
        let known = outbox::settings_fault(outbox.store.reader()).await.expect("a query");
        assert_eq!(known.as_deref(), Some(error.as_str()));
        outbox.clock.advance(Duration::from_secs(40));
        server.fault(None);
        assert_eq!(worker.deliver_due().await.expect("no error"), SENT, "{reply}");
        assert_eq!(outbox::settings_fault(outbox.store.reader()).await.expect("a query"), None);
    }
}

#[tokio::test]
async fn the_portal_names_itself_by_its_public_host() {
    let (outbox, server, worker) = with_server().await;
    outbox.write(&outbox.code()).await;
    worker.deliver_due().await.expect("no error");
    assert_eq!(server.names(), ["portal.example"]);
}

#[tokio::test]
async fn a_server_without_a_password_mechanism_is_named_with_what_it_offers() {
    for (offer, named) in [("250 AUTH XOAUTH2", "only XOAUTH2"), ("250 relay.example", "no authentication")] {
        let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
        server.fault((At::Hello, Fault::Answer(offer)));
        let worker = outbox.smtp(&format!("smtp://user:secret@127.0.0.1:{}?tls=none", server.port()));
        outbox.write(&outbox.code()).await;
        assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED);
        let row = outbox.row().await;
        let error = row.last_error.expect("a reason");
        assert!(error.contains(named) && error.contains("PLAIN or LOGIN"), "{error}");
        assert_eq!(row.fault.as_deref(), Some("settings"));
    }
}

const SHORT: Timeouts = {
    let limit = Duration::from_millis(300);
    Timeouts { connect: limit, greeting: limit, command: limit, data: limit, content: limit }
};

#[tokio::test]
async fn a_server_that_is_slow_at_every_reply_gets_the_email() {
    let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
    // Greeting, EHLO, MAIL, RCPT, DATA and the content: longer in all than any single limit.
    server.fault((At::Each, Fault::Late(Duration::from_millis(100))));
    outbox.write(&outbox.notice()).await;
    let worker = outbox.smtp_within(&url(&server), Timeouts { greeting: Duration::from_secs(1), ..SHORT });
    assert_eq!(worker.deliver_due().await.expect("no error"), SENT);
}

#[test]
fn a_server_has_as_long_as_rfc_5321_asks_for() {
    // Section 4.5.3.2: greeting, MAIL, RCPT, DATA, a block of the content and the acknowledgment.
    let limits = Timeouts::RFC_5321;
    let minutes = |count: u64| Duration::from_secs(60 * count);
    assert!(limits.greeting >= minutes(5) && limits.command >= minutes(5));
    assert!(limits.data >= minutes(2) && limits.content >= minutes(3 + 10));
}

#[tokio::test]
async fn a_silent_server_times_out_at_every_stage() {
    for (at, fault) in [
        (At::Greeting, "temporary"),
        (At::Hello, "temporary"),
        (At::Sender, "temporary"),
        (At::Recipient, "temporary"),
        (At::Data, "temporary"),
        (At::Content, "unconfirmed"),
    ] {
        let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
        let worker = outbox.smtp_within(&url(&server), SHORT);
        outbox.write(&outbox.notice()).await;
        server.fault((at, Fault::Silence));
        let began = started();
        assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED, "{at:?}");
        assert!(began.elapsed() < Duration::from_secs(2), "{at:?}: {:?}", began.elapsed());
        let row = outbox.row().await;
        assert_eq!(row.fault.as_deref(), Some(fault), "{at:?}");
        assert_eq!(row.last_error.as_deref(), Some("the mail server did not answer in time"));
        assert!(server.accepted().is_empty());
    }
}

#[tokio::test]
async fn an_attempt_ends_when_the_code_expires_unless_the_server_has_the_email() {
    for (at, report) in [(At::Recipient, POSTPONED), (At::Content, SENT)] {
        let (outbox, server, worker) = with_server().await;
        outbox.write(&outbox.code_for(Duration::from_millis(300))).await;
        server.fault((at, Fault::Late(Duration::from_millis(600))));
        assert_eq!(worker.deliver_due().await.expect("no error"), report, "{at:?}");
    }
}

#[tokio::test]
async fn a_late_acknowledgment_makes_no_copies() {
    let (outbox, server, worker) = with_server().await;
    server.fault((At::Content, Fault::Late(Duration::from_millis(600))));
    outbox.write(&outbox.code()).await;
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(worker.run(stopped));
    // The attempt outlives its claim, which the worker extends.
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        outbox.clock.advance(Duration::from_secs(15));
        outbox.mailer.wake();
    }
    server.wait_for(1).await;
    stop.send_replace(true);
    running.await.expect("the worker ends");
    let row = outbox.row().await;
    assert_eq!((row.state.as_str(), row.attempts), ("sent", 1));
    assert_eq!((server.connections(), server.unacknowledged().len()), (1, 0));
}

#[tokio::test]
async fn after_a_lost_acknowledgment_the_email_is_sent_again_two_minutes_later_with_the_same_message_id() {
    let (outbox, server, worker) = with_server().await;
    outbox.write(&outbox.code()).await;
    server.fault((At::Content, Fault::HangUp));
    assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED);
    server.fault(None);
    outbox.clock.advance(Duration::from_secs(100));
    assert_eq!(worker.deliver_due().await.expect("no error"), Report::default(), "the server may have accepted it");
    outbox.clock.advance(Duration::from_secs(20));
    assert_eq!(worker.deliver_due().await.expect("no error"), SENT);
    let (first, second) = (server.unacknowledged(), server.accepted());
    let expected = format!("{}@portal.example", outbox.row().await.id);
    assert_eq!((first.len(), second.len()), (1, 1));
    for mail in first.iter().chain(&second) {
        assert_eq!(mail.parsed().message_id(), Some(expected.as_str()));
    }
}

#[tokio::test]
async fn a_late_reply_is_never_read_as_the_reply_to_the_next_email() {
    let (outbox, server, worker) = with_server().await;
    outbox.write(&outbox.code_for(Duration::from_millis(300))).await;
    server.fault((At::Recipient, Fault::Late(Duration::from_millis(600))));
    assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED);
    // By now the late reply has arrived. The next recipient is rejected, and that reply is the one that must count.
    tokio::time::sleep(Duration::from_millis(600)).await;
    server.fault((At::Content, Fault::Answer("550 refused")));
    outbox.clock.advance(Duration::from_secs(1));
    outbox.write(&outbox.code()).await;
    let report = worker.deliver_due().await.expect("no error");
    assert_eq!(report, Report { dead: 1, expired: 1, ..Report::default() });
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn consecutive_emails_share_a_connection_and_a_broken_one_is_replaced() {
    let (outbox, server, worker) = with_server().await;
    for _ in 0..3 {
        outbox.write(&outbox.code()).await;
        assert_eq!(worker.deliver_due().await.expect("no error"), SENT);
    }
    assert_eq!(server.connections(), 1);
    let server = MailServer::again(server.stop().await).await;
    outbox.write(&outbox.code()).await;
    assert_eq!(worker.deliver_due().await.expect("no error"), SENT);
    assert_eq!(server.accepted().len(), 1);
}

#[tokio::test]
async fn many_emails_use_at_most_four_connections() {
    let (outbox, server, worker) = with_server().await;
    server.fault((At::Recipient, Fault::Late(Duration::from_millis(20))));
    for _ in 0..24 {
        outbox.write(&outbox.code()).await;
    }
    assert_eq!(worker.deliver_due().await.expect("no error").sent, 24);
    let recipients: Vec<String> = server.accepted().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(recipients, [ADDRESS; 24]);
    assert_eq!(server.most_open(), 4);
}

#[expect(clippy::disallowed_methods, reason = "how long the machine waits is what is measured")]
fn started() -> Instant {
    Instant::now()
}
