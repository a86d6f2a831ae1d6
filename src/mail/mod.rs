//! Email: stored in an outbox, sent by a worker.
//!
//! ```text
//!  service ── Mailer::enqueue ──▶ outbox (encrypted) ──▶ Worker ──▶ Transport
//!     └────── Mailer::wake, after the commit ───────────▶┘
//! ```
//!
//! No request waits for a mail server. Emails survive a crash of the portal and an outage of the
//! mail server. An email is sent twice only when the server accepted it and the reply was lost.

use std::sync::Arc;

use tokio::sync::Notify;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::clock::Clock;
use super::crypto::Sealer;
use super::domain::Metric;
use super::rng::Rng;
use super::store::outbox::{self, MailState, NewMail, WaitingMail};
use super::store::{StoreError, Transaction, hourly_counters};

mod admin_notices;
mod attempt;
mod content;
mod format;
pub mod kinds;
mod message;
mod notice;
mod pace;
mod rendered_email;
mod schedule;
mod sender;
mod serde_helpers;
mod sign_in_method;
mod text;
pub mod transport;
mod worker;

pub use admin_notices::ByAdministrator;
pub use message::{CodeMail, Message, NoticeMail, TestMail};
pub use notice::{Link, NotificationKind};
pub use rendered_email::RenderedEmail;
pub use sender::Sender;
pub use sign_in_method::SignInMethod;
pub use transport::Transport;
pub use worker::{Report, Worker};

/// Adds emails to the outbox. Cheap to clone; lives as long as the process.
#[derive(Clone, Debug)]
pub struct Mailer {
    sealer: Sealer,
    rng: Rng,
    clock: Clock,
    due: Arc<Notify>,
}

impl Mailer {
    /// Creates a mailer. `sealer` must not be used for anything but the outbox.
    pub fn new(sealer: Sealer, rng: Rng, clock: Clock) -> Self {
        Self { sealer, rng, clock, due: Arc::new(Notify::new()) }
    }

    /// Stores `message` in the transaction of the change that it is about, so that neither is
    /// committed without the other. `otp_id` is the ID of the code in the email.
    ///
    /// Call [`Mailer::wake`] after the commit.
    pub async fn enqueue(&self, tx: &Transaction, message: &Message, otp_id: Option<Uuid>) -> Result<(), StoreError> {
        hourly_counters::add(tx, Metric::MailQueued, self.clock.now()).await?;
        outbox::insert(tx, NewMail { otp_id, ..self.new_mail(message, MailState::Waiting)? }).await
    }

    /// Same as [`Mailer::enqueue`], for a message in place of the one that contains the code `otp_id`.
    pub async fn enqueue_in_place_of(
        &self,
        tx: &Transaction,
        message: &Message,
        otp_id: Uuid,
    ) -> Result<(), StoreError> {
        hourly_counters::add(tx, Metric::MailQueued, self.clock.now()).await?;
        let new = self.new_mail(message, MailState::Waiting)?;
        outbox::insert(tx, NewMail { in_place_of: Some(otp_id), ..new }).await
    }

    /// Stores a decoy in place of a message that is not to be sent, because an account exists or
    /// because none does. It takes as long as [`Mailer::enqueue`], and as much work of the worker.
    pub async fn enqueue_decoy(
        &self,
        tx: &Transaction,
        message: &Message,
        otp_id: Option<Uuid>,
    ) -> Result<(), StoreError> {
        hourly_counters::touch(tx, Metric::MailQueued, self.clock.now()).await?;
        outbox::insert(tx, NewMail { otp_id, ..self.new_mail(message, MailState::Decoy)? }).await
    }

    fn new_mail(&self, message: &Message, state: MailState) -> Result<NewMail, StoreError> {
        let now = self.clock.now();
        let id = self.rng.id(now);
        Ok(NewMail {
            id,
            kind: message.kind().to_owned(),
            recipient_masked: message.to().masked(),
            payload: self.seal(id, message).ok_or(StoreError::Corrupt("outbox.payload"))?,
            state,
            created_at: now,
            expires_at: message.expires_at(),
            otp_id: None,
            in_place_of: None,
        })
    }

    /// Tells the worker that an email is due. Without it the email goes out a few seconds later.
    pub fn wake(&self) {
        self.due.notify_one();
    }

    fn seal(&self, id: Uuid, message: &Message) -> Option<Vec<u8>> {
        let plain = Zeroizing::new(serde_json::to_vec(message).ok()?);
        self.sealer.seal(id, &plain).ok()
    }

    /// Decrypts a payload. Returns `None` if it was not encrypted with this key for this row, or if
    /// another version wrote a format that this one does not know.
    fn open(&self, mail: &WaitingMail) -> Option<Message> {
        let plain = Zeroizing::new(self.sealer.open(mail.id, mail.payload.as_ref()?).ok()?);
        serde_json::from_slice(&plain).ok()
    }
}
