//! One attempt to send one email.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

use super::pace::Pace;
use super::schedule::SEND_TIMEOUT;
use super::transport::SendError;
use super::{Mailer, RenderedEmail, Sender, Transport};
use crate::store::outbox::WaitingMail;

/// A finished attempt.
pub struct Done {
    pub mail: WaitingMail,
    pub outcome: Outcome,
}

/// How an attempt ended.
pub enum Outcome {
    /// A server accepted the email.
    Sent,
    /// A temporary failure; to be retried.
    Failed(String),
    /// A permanent failure.
    Refused(String),
    /// A permanent failure that cannot be retried either: the payload cannot be decrypted.
    Unreadable(String),
    /// Not sent, because it expired.
    Expired,
    /// Not sent, because it is a decoy.
    Suppressed,
}

/// Decrypts, renders and sends a claimed email, within ten seconds and before it expires. A decoy takes as long as the
/// last code, but is not sent.
pub async fn attempt(mail: WaitingMail, mailer: &Mailer, transport: &Transport, sender: &Sender, pace: &Pace) -> Done {
    // A panic over one email must not stop the others.
    let outcome = AssertUnwindSafe(try_to_send(&mail, mailer, transport, sender, pace)).catch_unwind().await;
    Done { mail, outcome: outcome.unwrap_or_else(|_| Outcome::Failed("the attempt panicked".to_owned())) }
}

async fn try_to_send(
    mail: &WaitingMail,
    mailer: &Mailer,
    transport: &Transport,
    sender: &Sender,
    pace: &Pace,
) -> Outcome {
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
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    let limit = life.map_or(SEND_TIMEOUT, |life| life.min(SEND_TIMEOUT));
    if mail.is_decoy() {
        tokio::time::sleep(pace.get().min(limit)).await;
        return Outcome::Suppressed;
    }
    let began = mailer.clock.elapsed();
    let sent = tokio::time::timeout(limit, transport.send(&email)).await;
    if mail.carries_code {
        pace.set(mailer.clock.elapsed().saturating_sub(began));
    }
    match sent {
        Ok(Ok(())) => Outcome::Sent,
        Ok(Err(SendError::Failed(error))) => Outcome::Failed(error),
        Ok(Err(SendError::Refused(error))) => Outcome::Refused(error),
        Err(_) => Outcome::Failed("the mail server did not answer in time".to_owned()),
    }
}
