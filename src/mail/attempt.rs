//! One attempt to send one email.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

use super::pace::Pace;
use super::transport::{Progress, SendError};
use super::{Mailer, RenderedEmail, Sender, Transport};
use crate::store::outbox::{MailFault, WaitingMail};

/// A finished attempt.
pub struct Done {
    pub mail: WaitingMail,
    pub outcome: Outcome,
}

/// What an attempt needs of the worker.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    pub mailer: &'a Mailer,
    pub transport: &'a Transport,
    pub sender: &'a Sender,
    pub pace: &'a Pace,
}

/// How an attempt ended.
pub enum Outcome {
    /// A server accepted the email.
    Sent,
    Failed(SendError),
    /// A permanent failure that cannot be retried either: the payload cannot be decrypted.
    Unreadable(String),
    /// Not sent, because it expired.
    Expired,
    /// Not sent, because it is a decoy.
    Suppressed,
}

/// Decrypts, renders and sends a claimed email before it expires. A decoy is offered to the server as far as the
/// recipient, and takes as long as the last code.
pub async fn attempt(worker: Parts<'_>, mail: WaitingMail, progress: Progress) -> Done {
    // A panic over one email must not stop the others.
    let outcome = AssertUnwindSafe(try_to_send(worker, &mail, &progress)).catch_unwind().await;
    let panicked = |_| Outcome::Failed(SendError::new(MailFault::Temporary, "the attempt panicked"));
    Done { mail, outcome: outcome.unwrap_or_else(panicked) }
}

async fn try_to_send(worker: Parts<'_>, mail: &WaitingMail, progress: &Progress) -> Outcome {
    let Parts { mailer, transport, sender, pace } = worker;
    let Some(message) = mailer.open(mail) else {
        return Outcome::Unreadable(
            "the content can't be decrypted: the row was changed, or it was encrypted with a different SECRET_KEY"
                .to_owned(),
        );
    };
    let now = mailer.clock.now();
    let life = message.expires_at().map(|end| end.since(now));
    if life.is_some_and(|life| life.is_zero()) {
        return Outcome::Expired;
    }
    let email = match RenderedEmail::new(mail.id, &message, sender, now) {
        Ok(email) => email,
        Err(error) => return Outcome::Failed(SendError::new(MailFault::Content, error.to_string())),
    };
    let began = mailer.clock.elapsed();
    let took = || mailer.clock.elapsed().saturating_sub(began);
    if mail.is_decoy() {
        let probed = transport.probe(&email, life).await;
        let rest = pace.get().saturating_sub(took());
        tokio::time::sleep(life.map_or(rest, |life| rest.min(life.saturating_sub(took())))).await;
        return probed.map_or_else(Outcome::Failed, |()| Outcome::Suppressed);
    }
    let sent = transport.send(&email, life, progress).await;
    if mail.carries_code {
        pace.set(took());
    }
    sent.map_or_else(Outcome::Failed, |()| Outcome::Sent)
}
