//! A mail server on loopback, and a portal's outbox without the rest of the portal.
//!
//! The `mailin` library implements the protocol. The connections are handled here, so that
//! the server can stop responding, close the connection, or reply late.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_rustls::rustls::ServerConfig;

mod authority;
pub(crate) mod log;
pub(crate) mod outbox;
mod session;

pub(crate) use authority::Authority;

/// The headers of an email, in alphabetical order.
pub(crate) const HEADERS: [&str; 9] = [
    "auto-submitted",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "subject",
    "to",
    "x-auto-response-suppress",
];

/// The only account of the server.
pub(crate) const USER: &str = "portal@relay.example";
pub(crate) const PASSWORD: &str = "p@ss/word#1";

/// How the server's connections are encrypted.
#[derive(Clone)]
pub(crate) enum Protection {
    None,
    StartTls(Arc<ServerConfig>),
    Implicit(Arc<ServerConfig>),
}

/// When a fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// Instead of the greeting.
    Greeting,
    /// At every reply.
    Each,
    /// At `EHLO`.
    Hello,
    /// At the sender.
    Sender,
    /// At the recipient.
    Recipient,
    /// At `DATA`, before the message.
    Data,
    /// After the whole message has arrived.
    Content,
}

/// The kind of fault.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// This reply instead of the correct one.
    Answer(&'static str),
    /// No reply, and the connection stays open.
    Silence,
    /// The correct reply, this much later.
    Late(Duration),
    /// The connection closes without a reply.
    HangUp,
}

/// An email as it arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrived {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) content: Vec<u8>,
    /// Whether it was sent over TLS.
    pub(crate) encrypted: bool,
    /// Whether the client signed in first.
    pub(crate) signed_in: bool,
}

impl Arrived {
    /// The email as a mail program parses it.
    pub(crate) fn parsed(&self) -> mail_parser::Message<'_> {
        mail_parser::MessageParser::default().parse(&self.content).expect("an email")
    }
}

#[derive(Default)]
struct State {
    fault: Option<(At, Fault)>,
    accepted: Vec<Arrived>,
    unacknowledged: Vec<Arrived>,
    connections: usize,
    open: usize,
    most_open: usize,
    commands: Vec<String>,
    names: Vec<String>,
}

/// The server. It stops when it is dropped.
pub(crate) struct MailServer {
    port: u16,
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

impl MailServer {
    /// Listens on a free port, and accepts email from everyone.
    pub(crate) async fn start(protection: Protection) -> Self {
        Self::listen(0, protection, false).await
    }

    /// Listens on a free port, and accepts email only from its one account.
    pub(crate) async fn with_password(protection: Protection) -> Self {
        Self::listen(0, protection, true).await
    }

    /// Listens on a port where a server was before.
    pub(crate) async fn again(port: u16) -> Self {
        Self::listen(port, Protection::None, false).await
    }

    async fn listen(port: u16, protection: Protection, password: bool) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("a port");
        let port = listener.local_addr().expect("a socket address").port();
        let state = Arc::new(Mutex::new(State::default()));
        let task = tokio::spawn(session::accept(listener, protection, password, Arc::clone(&state)));
        Self { port, state, task }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Stops the server, closes all its connections, and returns its port.
    pub(crate) async fn stop(mut self) -> u16 {
        self.task.abort();
        let _ = (&mut self.task).await;
        self.port
    }

    /// Sets the fault from now on.
    pub(crate) fn fault(&self, fault: impl Into<Option<(At, Fault)>>) {
        self.state().fault = fault.into();
    }

    /// The emails that were acknowledged.
    pub(crate) fn accepted(&self) -> Vec<Arrived> {
        self.state().accepted.clone()
    }

    /// The emails that arrived completely without an acknowledgment to the sender.
    pub(crate) fn unacknowledged(&self) -> Vec<Arrived> {
        self.state().unacknowledged.clone()
    }

    /// Connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.state().connections
    }

    /// The highest number of simultaneous connections.
    pub(crate) fn most_open(&self) -> usize {
        self.state().most_open
    }

    /// The names in all `EHLO` commands so far.
    pub(crate) fn names(&self) -> Vec<String> {
        self.state().names.clone()
    }

    /// The verbs of all commands so far.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.state().commands.clone()
    }

    /// Waits until `count` emails were acknowledged.
    pub(crate) async fn wait_for(&self, count: usize) {
        let arrived = async {
            while self.accepted().len() < count {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), arrived).await.expect("the emails within ten seconds");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
