//! Mail transports.

pub mod file;
pub mod memory;
pub mod smtp;
pub mod smtp_url;

pub use file::FileBox;
pub use memory::Memory;
pub use smtp::Smtp;
pub use smtp_url::SmtpServer;

use std::path::PathBuf;
use std::sync::Arc;

use super::rendered_email::RenderedEmail;
use crate::domain::Timestamp;

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

/// Why an email could not be sent. The text is stored and logged, so it never contains a server's
/// own words, which may repeat the recipient or the code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// A temporary failure.
    #[error("{0}")]
    Failed(String),
    /// A permanent failure.
    #[error("{0}")]
    Refused(String),
}

impl Transport {
    /// Creates an SMTP transport for `server`, without connecting yet.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn smtp(server: SmtpServer) -> Result<Self, lettre::transport::smtp::Error> {
        Ok(Self::Smtp(Arc::new(Smtp::new(server)?)))
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

    /// Sends an email, and returns once the receiver has taken responsibility for it. Has no time limit
    /// of its own. Canceling it by dropping the future is safe: the connection is closed with it.
    ///
    /// # Errors
    /// A temporary or a permanent failure.
    pub async fn send(&self, email: &RenderedEmail) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(email).await,
            Self::File(files) => files.send(email).await,
            Self::Memory(memory) => memory.send(email).await,
        }
    }

    /// Closes connections that have been idle for too long at `now`.
    pub async fn tidy(&self, now: Timestamp) {
        if let Self::Smtp(smtp) = self {
            smtp.tidy(now).await;
        }
    }
}
