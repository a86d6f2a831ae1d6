//! How a rotation changes the rows while a portal queues and sends.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use portal::crypto::{KeyRing, Sealer};
use portal::mail::Transport;
use portal::rng::Rng;
use portal::services::KeyRotation;
use portal::services::key_rotation::KeyUsage;
use portal::store::encrypted_columns::{self, EncryptedColumn, SEALED};

use uuid::Uuid;

use crate::harness::mail::outbox::{Outbox, secret};

/// The outbox's encrypted column.
fn outbox_column() -> &'static EncryptedColumn {
    SEALED.iter().find(|place| place.table == "outbox").expect("the outbox")
}

/// The keys of [`Outbox::new`], and new ones that replace them.
fn both() -> KeyRing {
    KeyRing::new(secret(8), Some(secret(7)))
}

async fn tally(resealing: &KeyRotation) -> KeyUsage {
    let tallies = resealing.status().await.expect("no error");
    tallies.into_iter().find(|tally| tally.column == outbox_column()).expect("the outbox")
}

async fn rotate(resealing: &KeyRotation) -> u64 {
    let done = resealing.rotate().await.expect("no error");
    done.iter().find(|(place, _)| *place == outbox_column()).expect("the outbox").1
}

#[tokio::test]
async fn more_than_one_batch_is_re_encrypted() {
    let outbox = Outbox::new().await;
    outbox.write_many(&outbox.notice(), 1_001).await;
    let resealing = outbox.resealing(both()).await;
    assert_eq!(rotate(&resealing).await, 1_001);
    let KeyUsage { current, due, unreadable, .. } = tally(&resealing).await;
    assert_eq!((current, due, unreadable), (1_001, 0, 0));
}

#[tokio::test]
async fn the_seed_of_an_authenticator_app_is_re_encrypted() {
    let outbox = Outbox::new().await;
    let place = SEALED.iter().find(|place| place.table == "totp").expect("the seeds");
    let (account, seed) = (Uuid::from_u128(7), b"12345678901234567890");
    let sealer = |keys: &KeyRing| Sealer::new(keys, "totp", Rng::from_seed(3));
    let sealed = sealer(&secret(7).into()).seal(account, seed).expect("short");
    let insert = "INSERT INTO totp (account_id, secret, created_at) VALUES (?, ?, 0)";
    outbox.execute(insert, [account.into(), sealed.into()]).await;
    let resealing = outbox.resealing(both()).await;
    assert!(resealing.rotate().await.expect("no error").contains(&(place, 1)));
    let values = encrypted_columns::page(outbox.store.reader(), place, None, 500).await.expect("no error");
    let [value] = &values[..] else { panic!("one seed") };
    assert_eq!(value.id, account);
    assert_eq!(sealer(&secret(8).into()).open(account, &value.sealed), Ok(seed.to_vec()));
}

#[tokio::test]
async fn every_replaced_seed_of_an_account_is_re_encrypted() {
    let outbox = Outbox::new().await;
    let place = SEALED.iter().find(|place| place.table == "totp_replaced").expect("the replaced seeds");
    let account = Uuid::from_u128(7);
    let sealer = |keys: &KeyRing| Sealer::new(keys, "totp", Rng::from_seed(3));
    let insert = "INSERT INTO totp_replaced (id, account_id, secret, created_at, added_by, replaced_at) \
                  VALUES (?, ?, ?, 0, '', 0)";
    for n in 1..=2 {
        let sealed = sealer(&secret(7).into()).seal(account, &[n; 20]).expect("short");
        outbox.execute(insert, [Uuid::from_u128(n.into()).into(), account.into(), sealed.into()]).await;
    }
    assert!(outbox.resealing(both()).await.rotate().await.expect("no error").contains(&(place, 2)));
    let values = encrypted_columns::page(outbox.store.reader(), place, None, 500).await.expect("no error");
    let seeds: Vec<_> = values.iter().map(|value| sealer(&secret(8).into()).open(account, &value.sealed)).collect();
    assert_eq!(seeds, [Ok(vec![1; 20]), Ok(vec![2; 20])]);
}

#[tokio::test]
async fn data_encrypted_by_the_previous_version_is_delivered_and_re_encrypted() {
    for (keys, previous) in [(both(), true), (secret(7).into(), false)] {
        let outbox = Outbox::new().await;
        outbox.write(&outbox.notice()).await;
        // The format before values named their key: nonce and ciphertext, bound to the row.
        let row = outbox.row().await;
        let sealer = Sealer::new(&secret(7).into(), "mail", Rng::from_seed(3));
        let plain = sealer.open(row.id, &row.payload.expect("a payload")).expect("encrypted with this key");
        let cipher = XChaCha20Poly1305::new((&*secret(7).derive("seal:mail")).into());
        let payload = Payload { msg: &plain, aad: row.id.as_bytes() };
        let sealed = [vec![5; 24], cipher.encrypt(&XNonce::from([5; 24]), payload).expect("short")].concat();
        outbox.set_payload(row.id, &sealed).await;

        let resealing = outbox.resealing(keys.clone()).await;
        assert_eq!(tally(&resealing).await.due, 1, "previous: {previous}");
        assert_eq!(rotate(&resealing).await, 1);
        assert_eq!(tally(&resealing).await.current, 1);
        outbox.set_payload(row.id, &sealed).await;
        let transport = Transport::memory();
        let worker = outbox.worker_of(&outbox.mailer_with(&keys), transport.clone());
        assert_eq!(worker.deliver_due().await.expect("no error").sent, 1, "even before it was re-encrypted");
    }
}

#[tokio::test]
async fn a_value_moved_to_another_row_does_not_decrypt_and_is_reported_and_left_unchanged() {
    let outbox = Outbox::new().await;
    outbox.write_many(&outbox.notice(), 2).await;
    let [one, other] = outbox.rows().await.try_into().expect("two rows");
    let foreign = one.payload.expect("a payload");
    outbox.set_payload(other.id, &foreign).await;
    let resealing = outbox.resealing(both()).await;
    assert_eq!(resealing.check_keys().await.expect("no error"), [(outbox_column(), other.id)]);
    assert_eq!(rotate(&resealing).await, 1);
    let KeyUsage { current, due, unreadable, examples, .. } = tally(&resealing).await;
    assert_eq!((current, due, unreadable, examples), (1, 0, 1, vec![other.id]));
    let [_, left] = outbox.rows().await.try_into().expect("two rows");
    assert_eq!(left.payload, Some(foreign));
}

#[tokio::test]
async fn a_row_erased_or_changed_meanwhile_is_left_unchanged() {
    let outbox = Outbox::new().await;
    outbox.write(&outbox.notice()).await;
    let read = encrypted_columns::page(outbox.store.reader(), outbox_column(), None, 500).await.expect("no error");
    let [value] = &read[..] else { panic!("one value") };
    let replace = async || {
        let tx = outbox.store.write().await.expect("a transaction");
        let replaced = encrypted_columns::replace(&tx, outbox_column(), value, vec![1]).await.expect("no error");
        tx.commit().await.expect("a commit");
        replaced
    };
    outbox.set_payload(value.id, b"somebody else's").await;
    assert!(!replace().await);
    assert_eq!(outbox.row().await.payload.as_deref(), Some(b"somebody else's".as_slice()));
    outbox.set_payload(value.id, &value.sealed).await;
    outbox.worker(Transport::memory()).deliver_due().await.expect("no error");
    assert!(!replace().await);
    assert_eq!(outbox.row().await.payload, None, "what was sent stays erased");
    outbox.set_payload(value.id, &value.sealed).await;
    assert!(replace().await);
}

#[tokio::test]
async fn every_email_is_sent_once_during_re_encryption() {
    let mut outbox = Outbox::new().await;
    outbox.write_many(&outbox.notice(), 60).await;
    outbox.mailer = outbox.mailer_with(&both());
    let transport = Transport::memory();
    let (worker, resealing) = (outbox.worker(transport.clone()), outbox.resealing(both()).await);
    let queue = async {
        for _ in 0..20 {
            outbox.write_many(&outbox.notice(), 2).await;
        }
    };
    let send = async {
        for _ in 0..5 {
            worker.deliver_due().await.expect("no error");
        }
    };
    let seal = async {
        for _ in 0..10 {
            rotate(&resealing).await;
        }
    };
    futures::join!(queue, seal, send);
    worker.deliver_due().await.expect("no error");
    let mut sent: Vec<_> = transport.sent().into_iter().map(|letter| letter.id).collect();
    sent.sort();
    sent.dedup();
    assert_eq!((transport.sent().len(), sent.len()), (100, 100));
    assert!(outbox.rows().await.iter().all(|row| row.state == "sent" && row.payload.is_none()));
}

#[tokio::test]
async fn an_email_queued_with_the_old_key_after_a_rotation_is_counted_as_due() {
    let outbox = Outbox::new().await;
    let resealing = outbox.resealing(both()).await;
    assert_eq!(rotate(&resealing).await, 0);
    outbox.write(&outbox.notice()).await;
    assert_eq!(tally(&resealing).await.due, 1);
}
