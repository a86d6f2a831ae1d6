//! The mail worker: woken, stopped, killed, run twice.

use std::time::Duration;

use portal::mail::transport::memory::Behavior;
use portal::mail::transport::{Memory, Transport};
use portal::mail::{Report, Worker};
use tokio::sync::watch;

use crate::harness::mail::log::Listener;
use crate::harness::mail::outbox::{ADDRESS, CODE, LIFETIME, Outbox};
use crate::harness::mail::{At, Fault, MailServer, Protection};

fn url(server: &MailServer) -> String {
    format!("smtp://127.0.0.1:{}?tls=none", server.port())
}

#[tokio::test]
async fn a_woken_worker_sends_at_once() {
    let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(outbox.smtp(&url(&server)).run(stopped));
    // Longer than the worker needs to find nothing and go idle.
    tokio::time::sleep(Duration::from_millis(300)).await;
    outbox.write(&outbox.code()).await;
    outbox.mailer.wake();
    tokio::time::timeout(Duration::from_secs(2), server.wait_for(1)).await.expect("sent before the next poll");
    stop.send_replace(true);
    running.await.expect("the worker ends");
}

#[tokio::test]
async fn a_worker_that_is_not_woken_polls_by_itself() {
    let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(outbox.smtp(&url(&server)).run(stopped));
    tokio::time::sleep(Duration::from_millis(300)).await;
    outbox.write(&outbox.code()).await;
    server.wait_for(1).await;
    drop(stop);
    running.await.expect("the worker exits when its stop handle is dropped");
}

#[tokio::test]
async fn at_shutdown_the_email_in_progress_is_sent_and_no_other_is_started() {
    let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
    server.fault((At::Content, Fault::Late(Duration::from_millis(500))));
    let (stop, stopped) = watch::channel(false);
    for _ in 0..6 {
        outbox.write(&outbox.code()).await;
    }
    let running = tokio::spawn(outbox.smtp(&url(&server)).run(stopped));
    let four_in_hand = async {
        while server.most_open() < 4 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), four_in_hand).await.expect("four emails in progress");
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.send_replace(true);
    running.await.expect("the worker ends");
    assert_eq!(server.accepted().len(), 4);
    let states: Vec<String> = outbox.rows().await.into_iter().map(|row| row.state).collect();
    assert_eq!(states.iter().filter(|state| *state == "sent").count(), 4, "{states:?}");
    assert_eq!(states.iter().filter(|state| *state == "waiting").count(), 2, "{states:?}");
}

#[tokio::test]
async fn a_crash_between_claim_and_send_loses_nothing_and_does_not_spin() {
    let outbox = Outbox::new().await;
    outbox.write(&outbox.code()).await;
    let memory = Memory::default();
    memory.behave(Behavior::Hang);
    let doomed = outbox.worker(Transport::Memory(memory.clone()));
    let attempt = tokio::time::timeout(Duration::from_millis(300), doomed.deliver_due());
    attempt.await.expect_err("killed in the middle of it");
    let claimed = outbox.row().await;
    assert_eq!((claimed.state.as_str(), claimed.attempts), ("waiting", 1));
    memory.behave(Behavior::Accept);
    let worker = outbox.worker(Transport::Memory(memory.clone()));
    outbox.clock.advance(Duration::from_secs(15));
    worker.deliver_due().await.expect("no error");
    assert!(memory.accepted().is_empty(), "not while the first attempt could still be running");
    outbox.clock.advance(Duration::from_secs(5));
    worker.deliver_due().await.expect("no error");
    assert_eq!(memory.accepted().len(), 1);
    assert_eq!(outbox.row().await.attempts, 2);
}

#[tokio::test]
async fn two_workers_send_every_email_once() {
    let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
    for _ in 0..20 {
        outbox.write(&outbox.code()).await;
    }
    let (one, other) = (outbox.smtp(&url(&server)), outbox.smtp(&url(&server)));
    let (first, second) = tokio::join!(one.deliver_due(), other.deliver_due());
    let (first, second) = (first.expect("no error"), second.expect("no error"));
    assert_eq!(first.sent + second.sent, 20);
    assert!(first.sent > 0 && second.sent > 0, "{first:?} {second:?}");
    assert_eq!(server.accepted().len(), 20);
}

#[tokio::test]
async fn the_log_says_what_happened_without_the_recipient() {
    let listener = Listener::start();
    let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
    let worker = outbox.smtp(&url(&server));
    outbox.write(&outbox.code()).await;
    server.fault((At::Recipient, Fault::Answer("450 4.2.0 Ann.Lee@mail.example has 042193 mails")));
    worker.deliver_due().await.expect("no error");
    outbox.clock.advance(Duration::from_secs(5));
    server.fault((At::Recipient, Fault::Answer("550 5.1.1 Ann.Lee@mail.example unknown")));
    worker.deliver_due().await.expect("no error");
    outbox.write(&outbox.code()).await;
    server.fault(None);
    worker.deliver_due().await.expect("no error");
    let log = listener.text();
    let id = outbox.rows().await[0].id.to_string();
    for told in ["mail sent", "will be tried again", "given up", "registration_code", "450 4.2.0", &id] {
        assert!(log.contains(told), "{told}: {log}");
    }
    let lower = log.to_lowercase();
    for secret in [CODE, &ADDRESS.to_lowercase(), "ann.lee"] {
        assert!(!lower.contains(secret), "{secret}: {log}");
    }
}

#[tokio::test]
async fn a_code_is_sent_before_notices_that_have_waited_longer() {
    let outbox = Outbox::new().await;
    outbox.write_many(&outbox.notice(), 40).await;
    outbox.clock.advance(Duration::from_secs(60));
    outbox.write(&outbox.code()).await;
    let memory = Memory::default();
    let worker = outbox.worker(Transport::Memory(memory.clone()));
    worker.deliver_due().await.expect("no error");
    let position = memory.accepted().iter().position(|letter| letter.subject.contains(CODE));
    assert!(position.is_some_and(|position| position < 4), "one of the first: {position:?}");
    assert_eq!(memory.accepted().len(), 41);
}

#[tokio::test]
async fn notices_to_an_unresponsive_server_leave_a_slot_for_a_code() {
    let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
    server.fault((At::Content, Fault::Silence));
    outbox.write_many(&outbox.notice(), 10).await;
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(outbox.smtp(&url(&server)).run(stopped));
    let three_in_hand = async {
        while server.most_open() < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), three_in_hand).await.expect("three notices in progress");
    // Long enough for a fourth one, if there were a slot for it.
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.fault(None);
    outbox.write(&outbox.code()).await;
    outbox.mailer.wake();
    // The notices in progress still wait for the server's reply.
    let code_is_sent = async {
        while !server.accepted().iter().any(|mail| String::from_utf8_lossy(&mail.content).contains(CODE)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), code_is_sent).await.expect("the code does not wait for the notices");
    running.abort();
    drop(stop);
}

/// Sends a code while the clock advances, as if the mail server needed this long.
async fn send_a_code_in(outbox: &Outbox, server: &MailServer, worker: &Worker, took: Duration) {
    server.fault((At::Content, Fault::Late(Duration::from_millis(300))));
    outbox.write(&outbox.code()).await;
    let advance = async {
        while server.connections() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        outbox.clock.advance(took);
    };
    let (sent, ()) = tokio::join!(worker.deliver_due(), advance);
    assert_eq!(sent.expect("no error").sent, 1);
    server.fault(None);
}

#[tokio::test]
async fn a_decoy_is_closed_without_being_sent_and_takes_as_long_as_the_last_code() {
    let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
    let worker = outbox.smtp(&url(&server));
    send_a_code_in(&outbox, &server, &worker, Duration::from_secs(1)).await;
    outbox.write_decoys(&outbox.code(), 1).await;
    let early = tokio::time::timeout(Duration::from_millis(700), worker.deliver_due()).await;
    early.expect_err("the code took a second");
    let row = outbox.rows().await.remove(1);
    assert_eq!((row.state.as_str(), row.attempts), ("decoy", 1), "claimed like an email");
    outbox.clock.advance(Duration::from_secs(20));
    assert_eq!(worker.deliver_due().await.expect("no error"), Report::default());
    let row = outbox.rows().await.remove(1);
    assert_eq!((row.state.as_str(), row.attempts, row.payload, row.sent_at), ("suppressed", 2, None, None));
    assert_eq!(server.accepted().len(), 1);
    let commands = server.commands();
    assert!(commands.ends_with(&["MAIL", "RCPT", "RSET"].map(str::to_owned)), "{commands:?}");
}

#[tokio::test]
async fn decoys_that_expired_are_closed() {
    let outbox = Outbox::new().await;
    outbox.write_decoys(&outbox.code(), 3).await;
    outbox.clock.advance(LIFETIME);
    let worker = outbox.worker(Transport::memory());
    assert_eq!(worker.deliver_due().await.expect("no error"), Report::default());
    for row in outbox.rows().await {
        assert_eq!((row.state.as_str(), row.payload), ("suppressed", None));
    }
}

#[tokio::test]
async fn a_code_does_not_wait_for_decoys() {
    let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
    let worker = outbox.smtp(&url(&server));
    send_a_code_in(&outbox, &server, &worker, Duration::from_secs(9)).await;
    outbox.write_decoys(&outbox.code(), 20).await;
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(worker.run(stopped));
    let four_in_hand = async {
        while outbox.rows().await.iter().filter(|row| row.attempts > 0).count() < 5 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), four_in_hand).await.expect("decoys in progress");
    // Long enough for a fifth one, if there were a slot for it.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(outbox.rows().await.iter().filter(|row| row.attempts > 0).count(), 5, "the code and four decoys");
    outbox.write(&outbox.code()).await;
    outbox.mailer.wake();
    tokio::time::timeout(Duration::from_secs(2), server.wait_for(2)).await.expect("the code is sent");
    running.abort();
    drop(stop);
}
