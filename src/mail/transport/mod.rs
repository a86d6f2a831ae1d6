//! Mail transports.

mod dial;
pub mod file;
pub mod memory;
mod reply;
pub mod smtp;
pub mod smtp_url;

pub use file::FileBox;
pub use memory::Memory;
pub use smtp::{SetupError, Smtp, Timeouts};
pub use smtp_url::SmtpServer;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::transport::smtp::extension::ClientId;

use super::rendered_email::RenderedEmail;
use crate::domain::Timestamp;
use crate::store::outbox::MailFault;

/// Where emails are sent. Clones share their state.
#[derive(Clone, Debug)]
pub enum Transport {
    /// An SMTP server.
    Smtp(Arc<Smtp>),
    /// Files, for development.
    File(FileBox),
    /// A list in memory, for tests.
    Memory(Memory),
}

/// Why an email could not be sent. The reason is stored and logged, so it never contains a server's
/// own words, which may repeat the recipient or the code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    pub fault: MailFault,
    pub reason: String,
}

impl SendError {
    pub fn new(fault: MailFault, reason: impl Into<String>) -> Self {
        Self { fault, reason: reason.into() }
    }
}

/// How far an attempt has come, for the worker that waits for it.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicBool>);

impl Progress {
    fn set_content_sent(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether the server may already have the whole email.
    #[must_use]
    pub fn is_content_sent(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Transport {
    /// Creates an SMTP transport for `server`, without connecting yet. The portal calls itself `helo`.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn smtp(server: SmtpServer, helo: ClientId, timeouts: Timeouts) -> Result<Self, SetupError> {
        Ok(Self::Smtp(Arc::new(Smtp::new(server, helo, timeouts)?)))
    }

    /// Creates a transport that writes files to the folder `dir`.
    pub fn file(dir: PathBuf) -> Self {
        Self::File(FileBox::new(dir))
    }

    /// Creates a transport that collects emails in memory, for tests.
    pub fn memory() -> Self {
        Self::Memory(Memory::default())
    }

    /// Returns the emails of an in-memory transport, oldest first; none for other transports.
    #[must_use]
    pub fn sent(&self) -> Vec<RenderedEmail> {
        match self {
            Self::Memory(memory) => memory.accepted(),
            Self::Smtp(_) | Self::File(_) => Vec::new(),
        }
    }

    /// Sends an email, and returns once the receiver has taken responsibility for it. It may take `life` until the
    /// receiver asks for the content. Canceling it by dropping the future is safe: the connection is closed with it.
    ///
    /// # Errors
    /// The email was not accepted, or it is unknown whether it was.
    pub async fn send(
        &self,
        email: &RenderedEmail,
        life: Option<Duration>,
        progress: &Progress,
    ) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(email, life, progress).await,
            Self::File(files) => files.send(email).await,
            Self::Memory(memory) => memory.send(email).await,
        }
    }

    /// Finds out whether the receiver accepts emails for the recipient of `email`, without sending it.
    ///
    /// # Errors
    /// Those of [`Transport::send`] up to the recipient.
    pub async fn probe(&self, email: &RenderedEmail, life: Option<Duration>) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.probe(email, life).await,
            Self::Memory(memory) => memory.probe().await,
            Self::File(_) => Ok(()),
        }
    }

    /// Closes connections that have been idle for too long at `now`.
    pub async fn tidy(&self, now: Timestamp) {
        if let Self::Smtp(smtp) = self {
            smtp.tidy(now).await;
        }
    }
}
