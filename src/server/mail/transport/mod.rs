//! The ways out of the house.

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

use super::letter::Letter;
use crate::domain::Timestamp;

/// Where mails go. Its clones share what they hold.
#[derive(Clone, Debug)]
pub enum Transport {
    /// A mail server.
    Smtp(Arc<Smtp>),
    /// Files that a developer reads.
    File(FileBox),
    /// A list that a test reads.
    Memory(Memory),
}

/// Why a mail did not go out. The text may name the recipient: scrub it
/// before it is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may go out later.
    #[error("{0}")]
    Failed(String),
    /// It never will.
    #[error("{0}")]
    Refused(String),
}

impl Transport {
    /// Over SMTP to `server`. Does not connect yet.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn smtp(server: SmtpServer) -> Result<Self, lettre::transport::smtp::Error> {
        Ok(Self::Smtp(Arc::new(Smtp::new(server)?)))
    }

    /// To files in the folder `dir`.
    #[must_use]
    pub fn file(dir: PathBuf) -> Self {
        Self::File(FileBox::new(dir))
    }

    /// To a list in memory, for tests.
    #[must_use]
    pub fn memory() -> Self {
        Self::Memory(Memory::default())
    }

    /// The mails that a list in memory holds, oldest first. The other
    /// transports keep none.
    #[must_use]
    pub fn sent(&self) -> Vec<Letter> {
        match self {
            Self::Memory(memory) => memory.accepted(),
            Self::Smtp(_) | Self::File(_) => Vec::new(),
        }
    }

    /// Sends one mail, and returns once somebody else is responsible for it.
    /// Has no time limit of its own; dropped half way, it leaves nothing
    /// behind that a later mail could trip over.
    ///
    /// # Errors
    /// Tells whether another attempt is worth it.
    pub async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(letter).await,
            Self::File(files) => files.send(letter).await,
            Self::Memory(memory) => memory.send(letter).await,
        }
    }

    /// Lets go of what has not been used for a while before `now`.
    pub async fn tidy(&self, now: Timestamp) {
        if let Self::Smtp(smtp) = self {
            smtp.tidy(now).await;
        }
    }
}
