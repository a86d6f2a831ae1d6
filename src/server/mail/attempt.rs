//! One attempt to send one mail.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

use super::letter::Letter;
use super::message::Message;
use super::schedule::SEND_TIMEOUT;
use super::scrub::scrub;
use super::transport::SendError;
use super::worker::Worker;
use crate::server::store::outbox::WaitingMail;

/// An attempt that is over.
pub struct Done {
    pub mail: WaitingMail,
    pub outcome: Outcome,
}

/// How an attempt ended. The texts are scrubbed.
pub enum Outcome {
    /// A server took the mail over.
    Sent,
    /// Not now; worth another attempt.
    Failed(String),
    /// Never.
    Refused(String),
    /// Never, and there is nothing to try again: the payload does not open.
    Unreadable(String),
    /// Not sent, because it expired.
    Expired,
}

impl Worker {
    /// Opens, writes and sends a claimed mail, within ten seconds and before
    /// it expires.
    pub(super) async fn attempt(&self, mail: WaitingMail) -> Done {
        // A mail on which the code stumbles must not take the others down with it.
        let outcome = AssertUnwindSafe(self.try_to_send(&mail)).catch_unwind().await;
        Done { mail, outcome: outcome.unwrap_or_else(|_| Outcome::Failed("the attempt panicked".to_owned())) }
    }

    async fn try_to_send(&self, mail: &WaitingMail) -> Outcome {
        let Some(message) = self.mailer.open(mail) else {
            return Outcome::Unreadable(
                "the content can't be decrypted: SECRET_KEY is a different one, or the row was changed".to_owned(),
            );
        };
        let now = self.mailer.clock.now();
        let life = message.expires_at().map(|end| end.since(now));
        if life.is_some_and(|life| life.is_zero()) {
            return Outcome::Expired;
        }
        let letter = match Letter::new(mail.id, &message, &self.sender, now) {
            Ok(letter) => letter,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let limit = life.map_or(SEND_TIMEOUT, |life| life.min(SEND_TIMEOUT));
        match tokio::time::timeout(limit, self.transport.send(&letter)).await {
            Ok(result) => Outcome::of(result, &message),
            Err(_) => Outcome::Failed("the mail server did not answer in time".to_owned()),
        }
    }
}

impl Outcome {
    fn of(result: Result<(), SendError>, message: &Message) -> Self {
        match result {
            Ok(()) => Self::Sent,
            Err(SendError::Failed(error)) => Self::Failed(scrub(&error, Some(message))),
            Err(SendError::Refused(error)) => Self::Refused(scrub(&error, Some(message))),
        }
    }
}
