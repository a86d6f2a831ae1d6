//! A mail as it leaves the house.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use lettre::address::{Address, AddressError};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use uuid::Uuid;

use super::message::Message;
use super::sender::Sender;
use super::text::Text;
use crate::domain::Timestamp;

/// A mail with its headers, ready to be sent.
#[derive(Clone)]
pub struct Letter {
    /// The row of the outbox that it comes from.
    pub id: Uuid,
    /// The address it goes to.
    pub to: String,
    /// When it was made ready.
    pub at: Timestamp,
    pub subject: String,
    /// The part in plain text.
    pub text: String,
    /// The part in HTML.
    pub html: String,
    /// All of it as it goes over the wire (RFC 5322), with its envelope.
    pub mail: lettre::Message,
}

/// Why no mail can be made of a message. Its text holds no address.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    #[error("the recipient's email address is not valid in a message")]
    Recipient(#[from] AddressError),
    #[error("the message's headers are not valid")]
    Headers(#[from] lettre::error::Error),
    #[error("the template failed")]
    Template(#[from] askama::Error),
}

impl Letter {
    /// Makes the mail for the row `id` of the outbox.
    ///
    /// The same row gives the same `Message-ID` each time: should a mail be
    /// sent twice, because the server's answer was lost, mail programs show
    /// it once.
    ///
    /// # Errors
    /// When the recipient is no address, or a template fails.
    pub fn new(id: Uuid, message: &Message, from: &Sender, at: Timestamp) -> Result<Self, LetterError> {
        let Text { subject, plain: text, html } = Text::of(message, from)?;
        let to: Address = message.to().deliverable().parse()?;
        let since_epoch = Duration::from_millis(u64::try_from(at.0).unwrap_or(0));
        let mail = lettre::Message::builder()
            .message_id(Some(format!("<{id}@{}>", from.from().email.domain())))
            .date(UNIX_EPOCH + since_epoch)
            .from(from.from().clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(subject.clone())
            // RFC 3834: no holiday notice in return; the second is the sign that Exchange heeds.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"))
            .multipart(
                MultiPart::alternative()
                    .boundary(format!("portal-{}", id.simple()))
                    .singlepart(SinglePart::plain(text.clone()))
                    .singlepart(SinglePart::html(html.clone())),
            )?;
        Ok(Self { id, to: to.to_string(), at, subject, text, html, mail })
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter({}, …)", self.id)
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
