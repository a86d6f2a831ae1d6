//! Mail server faults, and what happens to the email.

use std::time::{Duration, Instant};

use portal::mail::{Report, Worker};

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
    for (at, reply, status) in [
        (At::Recipient, "550 5.1.1 <Ann.Lee@mail.example> unknown, code 042193", "550 5.1.1"),
        (At::Content, "554 5.7.1 Ann.Lee@mail.example does not want 042193", "554 5.7.1"),
        (At::Content, "550 <Ann.Lee@mail.example> has no mailbox 5.1.1", "550"),
        (At::Recipient, "553 5.042193.1 Ann.Lee", "553"),
    ] {
        let (outbox, server, worker) = with_server().await;
        outbox.write(&outbox.code()).await;
        server.fault((at, Fault::Answer(reply)));
        assert_eq!(worker.deliver_due().await.expect("no error"), DEAD, "{reply}");
        let row = outbox.row().await;
        assert_eq!(row.state, "dead");
        assert_eq!(row.last_error, Some(format!("{status}: the mail server rejected the email")));
    }
}

#[tokio::test]
async fn emails_are_retried_while_the_server_rejects_every_client() {
    let (outbox, server, worker) = with_server().await;
    outbox.write(&outbox.code()).await;
    for (at, reply, status) in
        [(At::Greeting, "554 no mail today", "554"), (At::Recipient, "530 5.7.0 sign in first", "530 5.7.0")]
    {
        server.fault((at, Fault::Answer(reply)));
        assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED);
        let error = outbox.row().await.last_error.expect("a reason");
        assert!(error.starts_with(&format!("{status}: ")) && error.contains("SMTP_URL"), "{error}");
        outbox.clock.advance(Duration::from_secs(40));
    }
}

#[tokio::test]
async fn a_silent_server_times_out_at_every_stage() {
    for at in [At::Greeting, At::Recipient, At::Content] {
        let (outbox, server, worker) = with_server().await;
        // An attempt lasts no longer than the code: here half a second instead of ten.
        outbox.write(&outbox.code_for(Duration::from_millis(500))).await;
        server.fault((at, Fault::Silence));
        let began = started();
        assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED, "{at:?}");
        assert!(began.elapsed() < Duration::from_secs(5), "{at:?}: {:?}", began.elapsed());
        assert!(server.accepted().is_empty());
    }
}

#[tokio::test]
async fn an_attempt_for_an_email_without_expiry_times_out_after_ten_seconds() {
    let (outbox, server, worker) = with_server().await;
    outbox.write(&outbox.notice()).await;
    server.fault((At::Greeting, Fault::Silence));
    let began = started();
    assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED);
    let took = began.elapsed();
    assert!(took > Duration::from_millis(9_900) && took < Duration::from_secs(12), "{took:?}");
}

#[tokio::test]
async fn after_a_lost_acknowledgment_the_email_is_sent_again_with_the_same_message_id() {
    let (outbox, server, worker) = with_server().await;
    outbox.write(&outbox.code()).await;
    server.fault((At::Content, Fault::HangUp));
    assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED);
    outbox.clock.advance(Duration::from_secs(5));
    server.fault(None);
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
