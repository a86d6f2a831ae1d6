//! A rendered email.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use lettre::address::{Address, AddressError};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use uuid::Uuid;

use super::content::Content;
use super::message::Message;
use super::sender::Sender;
use crate::domain::Timestamp;

/// An email with its headers, ready to be sent.
#[derive(Clone)]
pub struct RenderedEmail {
    /// The ID of its row in the outbox.
    pub id: Uuid,
    /// The recipient's email address.
    pub to: String,
    /// When it was rendered.
    pub at: Timestamp,
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The complete message as sent (RFC 5322), with its envelope.
    pub mail: lettre::Message,
}

/// Why a message could not be rendered. The text contains no email address.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("the recipient's email address is not valid in a message")]
    Recipient(#[from] AddressError),
    #[error("the message's headers are not valid")]
    Headers(#[from] lettre::error::Error),
    #[error("the template failed")]
    Template(#[from] askama::Error),
}

impl RenderedEmail {
    /// Renders the email for the row `id` of the outbox.
    ///
    /// The same row always gets the same `Message-ID`. If an email is sent twice because the
    /// server's reply was lost, mail clients show it once.
    ///
    /// # Errors
    /// The recipient's email is not valid in a header, or a template failed.
    pub fn new(id: Uuid, message: &Message, from: &Sender, at: Timestamp) -> Result<Self, RenderError> {
        let content = Content::of(message, from);
        let (text, html) = (content.plain(from), content.html(from)?);
        let to: Address = message.to().deliverable().parse()?;
        let since_epoch = Duration::from_millis(u64::try_from(at.0).unwrap_or(0));
        let mail = lettre::Message::builder()
            .message_id(Some(format!("<{id}@{}>", from.host())))
            .date(UNIX_EPOCH + since_epoch)
            .from(from.from().clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(content.subject.clone())
            // Suppresses automatic replies: the first header is RFC 3834, the second is for Exchange.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"))
            .multipart(
                MultiPart::alternative()
                    .boundary(format!("portal-{}", id.simple()))
                    .singlepart(SinglePart::plain(text.clone()))
                    .singlepart(SinglePart::html(html.clone())),
            )?;
        Ok(Self { id, to: to.to_string(), at, subject: content.subject, text, html, mail })
    }
}

impl fmt::Debug for RenderedEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RenderedEmail({}, …)", self.id)
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
