//! From the outbox to the server: what is stored, when it is sent, and when it fails.

use std::time::Duration;

use portal::domain::Timestamp;
use portal::mail::Report;
use portal::mail::transport::memory::Behavior;
use portal::mail::transport::{Memory, SendError, Transport};
use portal::store::Cursor;
use portal::store::outbox::{self, MailFault, MailState, Queue};
use uuid::Uuid;

use crate::harness::mail::outbox::{ADDRESS, CODE, LIFETIME, Outbox, START, secret};

const HOUR: Duration = Duration::from_secs(3_600);

fn fails(reason: &str) -> Behavior {
    Behavior::Fail(SendError::new(MailFault::Temporary, reason))
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

#[tokio::test]
async fn a_queued_email_is_encrypted_and_its_content_is_erased_once_sent() {
    let outbox = Outbox::new().await;
    outbox.write(&outbox.code()).await;
    let waiting = outbox.row().await;
    assert_eq!((waiting.state.as_str(), waiting.attempts, waiting.sent_at), ("waiting", 0, None));
    assert_eq!((waiting.kind.as_str(), waiting.recipient_masked.as_str()), ("registration_code", "a***@mail.example"));
    let payload = waiting.payload.expect("a payload");
    assert!(!contains(&payload, CODE) && !contains(&payload, ADDRESS));
    let transport = Transport::memory();
    let report = outbox.worker(transport.clone()).deliver_due().await.expect("no error");
    assert_eq!(report, Report { sent: 1, ..Report::default() });
    let sent = outbox.row().await;
    assert_eq!((sent.state.as_str(), sent.attempts, sent.sent_at, sent.payload), ("sent", 1, Some(START.0), None));
    outbox.worker(transport.clone()).deliver_due().await.expect("no error");
    assert_eq!(transport.sent().len(), 1, "a sent email is not sent again");
}

#[tokio::test]
async fn a_queued_email_is_rolled_back_with_its_transaction() {
    let outbox = Outbox::new().await;
    let tx = outbox.store.write().await.expect("a transaction");
    outbox.mailer.enqueue(&tx, &outbox.code(), None).await.expect("a row");
    drop(tx);
    assert_eq!(outbox.rows().await, []);
}

#[tokio::test]
async fn the_retry_delays_double_from_five_seconds_up_to_the_cap() {
    for (message, caps) in [(true, [5, 10, 20, 40, 40, 40]), (false, [5, 10, 20, 40, 80, 160])] {
        let outbox = Outbox::new().await;
        outbox.write(&if message { outbox.code() } else { outbox.notice() }).await;
        let memory = Memory::default();
        memory.behave(fails("451 try later"));
        let worker = outbox.worker(Transport::Memory(memory));
        for (attempts, cap) in (1..).zip(caps) {
            let report = worker.deliver_due().await.expect("no error");
            assert_eq!(report, Report { postponed: 1, ..Report::default() });
            let row = outbox.row().await;
            assert_eq!((row.attempts, row.last_error.as_deref()), (attempts, Some("451 try later")));
            let pause = Timestamp(row.next_attempt_at).since(outbox.clock.now());
            let (least, most) = (Duration::from_millis(900 * cap), Duration::from_secs(cap));
            assert!(pause >= least && pause <= most, "attempt {attempts}: {pause:?}");
            outbox.clock.advance(pause.saturating_sub(Duration::from_millis(1)));
            assert_eq!(worker.deliver_due().await.expect("no error"), Report::default(), "not before its time");
            outbox.clock.advance(Duration::from_millis(1));
        }
    }
}

#[tokio::test]
async fn a_code_that_expired_while_the_server_was_down_is_never_sent() {
    let outbox = Outbox::new().await;
    outbox.write(&outbox.code()).await;
    let memory = Memory::default();
    memory.behave(fails("421 away"));
    let worker = outbox.worker(Transport::Memory(memory.clone()));
    worker.deliver_due().await.expect("no error");
    memory.behave(Behavior::Accept);
    outbox.clock.advance(LIFETIME);
    let report = worker.deliver_due().await.expect("no error");
    assert_eq!(report, Report { expired: 1, ..Report::default() });
    assert!(memory.accepted().is_empty());
    let row = outbox.row().await;
    assert_eq!((row.state.as_str(), row.payload, row.last_error.as_deref()), ("expired", None, Some("421 away")));
    // Setting the clock back does not revive it.
    outbox.clock.set(START);
    assert_eq!(worker.deliver_due().await.expect("no error"), Report::default());
    assert!(memory.accepted().is_empty());
}

#[tokio::test]
async fn a_code_in_its_last_millisecond_is_still_sent() {
    let outbox = Outbox::new().await;
    outbox.write(&outbox.code()).await;
    outbox.clock.advance(LIFETIME.saturating_sub(Duration::from_millis(50)));
    let transport = Transport::memory();
    outbox.worker(transport.clone()).deliver_due().await.expect("no error");
    assert_eq!(transport.sent().len(), 1);
}

#[tokio::test]
async fn a_rejected_email_fails_and_is_kept_encrypted_for_a_retry() {
    let outbox = Outbox::new().await;
    outbox.write(&outbox.code()).await;
    let memory = Memory::default();
    memory.behave(Behavior::Fail(SendError::new(MailFault::Recipient, "550 5.1.1: rejected")));
    let worker = outbox.worker(Transport::Memory(memory.clone()));
    let report = worker.deliver_due().await.expect("no error");
    assert_eq!(report, Report { dead: 1, ..Report::default() });
    let row = outbox.row().await;
    assert_eq!(row.state, "dead");
    let payload = row.payload.expect("kept encrypted for a retry");
    assert!(!contains(&payload, CODE) && !contains(&payload, ADDRESS));
    assert_eq!(row.last_error.as_deref(), Some("550 5.1.1: rejected"));
    memory.behave(Behavior::Accept);
    outbox.clock.advance(HOUR);
    worker.deliver_due().await.expect("no error");
    assert!(memory.accepted().is_empty());
}

#[tokio::test]
async fn a_notice_is_retried_for_two_days_and_then_given_up() {
    let outbox = Outbox::new().await;
    outbox.write(&outbox.notice()).await;
    let memory = Memory::default();
    memory.behave(fails("451 try later"));
    let worker = outbox.worker(Transport::Memory(memory));
    outbox.clock.advance(HOUR * 48 - Duration::from_millis(1));
    assert_eq!(worker.deliver_due().await.expect("no error").postponed, 1);
    outbox.clock.advance(HOUR);
    assert_eq!(worker.deliver_due().await.expect("no error").dead, 1);
    assert_eq!(outbox.row().await.state, "dead");
}

#[tokio::test]
async fn a_payload_that_cannot_be_decrypted_fails_and_delays_nothing() {
    let outbox = Outbox::new().await;
    let tx = outbox.store.write().await.expect("a transaction");
    outbox.mailer_with(&secret(8).into()).enqueue(&tx, &outbox.code(), None).await.expect("a row");
    tx.commit().await.expect("a commit");
    outbox.clock.advance(Duration::from_millis(1));
    outbox.write(&outbox.code()).await;
    let transport = Transport::memory();
    let report = outbox.worker(transport.clone()).deliver_due().await.expect("no error");
    assert_eq!(report, Report { sent: 1, dead: 1, ..Report::default() });
    let [foreign, _] = outbox.rows().await.try_into().expect("two rows");
    assert_eq!((foreign.state.as_str(), foreign.payload), ("dead", None));
    assert!(foreign.last_error.expect("a reason").contains("can't be decrypted"));
}

#[tokio::test]
async fn setting_the_clock_back_delays_no_email() {
    let outbox = Outbox::new().await;
    outbox.write(&outbox.notice()).await;
    let memory = Memory::default();
    memory.behave(fails("421 away"));
    let worker = outbox.worker(Transport::Memory(memory.clone()));
    worker.deliver_due().await.expect("no error");
    memory.behave(Behavior::Accept);
    outbox.clock.set(START - HOUR);
    worker.deliver_due().await.expect("no error");
    assert_eq!(memory.accepted().len(), 1);
}

#[tokio::test]
async fn the_delivery_status_of_a_code_is_known_until_its_email_is_purged() {
    let outbox = Outbox::new().await;
    outbox.write_for(&outbox.code(), Some(Uuid::from_u128(1))).await;
    outbox.worker(Transport::memory()).deliver_due().await.expect("no error");
    outbox.write_for(&outbox.code(), Some(Uuid::from_u128(2))).await;
    let count = async |state| {
        let queue = Queue { state: Some(state), kind: None };
        outbox::list(outbox.store.reader(), &queue, Cursor::First, 10).await.expect("no error").len()
    };
    assert_eq!((count(MailState::Sent).await, count(MailState::Waiting).await), (1, 1));
    let tx = outbox.store.write().await.expect("a transaction");
    assert_eq!(outbox::purge(&tx, START, 10).await.expect("no error"), 0, "not before its time");
    let later = START + Duration::from_millis(1);
    assert_eq!(outbox::purge(&tx, later, 10).await.expect("no error"), 1, "a queued email is never purged");
    tx.commit().await.expect("a commit");
    assert_eq!((count(MailState::Sent).await, count(MailState::Waiting).await), (0, 1));
}
