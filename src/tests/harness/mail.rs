//! A mail server on loopback, and a portal's outbox with nothing else around it.
//!
//! The protocol is mailin's; the connections are ours, so that the server can
//! be silent, hang up, or answer late.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mailin::{Action, AuthMechanism, Handler, Response, Session, SessionBuilder, response};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

pub(crate) mod log;
pub(crate) mod outbox;

/// The only account of the server.
pub(crate) const USER: &str = "portal@relay.example";
pub(crate) const PASSWORD: &str = "p@ss/word#1";

/// How the server's connections are protected.
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
    /// At the recipient.
    Recipient,
    /// After the whole mail has arrived.
    Content,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// This answer instead of the right one.
    Answer(&'static str),
    /// No answer, and the connection stays open.
    Silence,
    /// The right answer, this much later.
    Late(Duration),
    /// The connection ends without an answer.
    HangUp,
}

/// A mail as it arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrived {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) content: Vec<u8>,
    /// Whether it came through TLS.
    pub(crate) encrypted: bool,
    /// Whether the client signed in first.
    pub(crate) signed_in: bool,
}

impl Arrived {
    /// The mail as a mail program reads it.
    pub(crate) fn parsed(&self) -> mail_parser::Message<'_> {
        mail_parser::MessageParser::default().parse(&self.content).expect("a mail")
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
}

/// The server. It ends when it is dropped.
pub(crate) struct MailServer {
    port: u16,
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

impl MailServer {
    /// Listens on a free port, and takes mail from anybody.
    pub(crate) async fn start(protection: Protection) -> Self {
        Self::listen(0, protection, false).await
    }

    /// Listens on a free port, and takes mail only from its one account.
    pub(crate) async fn with_password(protection: Protection) -> Self {
        Self::listen(0, protection, true).await
    }

    /// Listens on a port where a server was before.
    pub(crate) async fn again(port: u16) -> Self {
        Self::listen(port, Protection::None, false).await
    }

    async fn listen(port: u16, protection: Protection, password: bool) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State::default()));
        let task = tokio::spawn(accept(listener, protection, password, Arc::clone(&state)));
        Self { port, state, task }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Ends the server with all its connections, and gives its port.
    pub(crate) async fn stop(mut self) -> u16 {
        self.task.abort();
        let _ = (&mut self.task).await;
        self.port
    }

    /// Sets what goes wrong from now on.
    pub(crate) fn fault(&self, fault: impl Into<Option<(At, Fault)>>) {
        self.state().fault = fault.into();
    }

    /// The mails that were acknowledged.
    pub(crate) fn accepted(&self) -> Vec<Arrived> {
        self.state().accepted.clone()
    }

    /// The mails that arrived whole, and whose sender does not know.
    pub(crate) fn unacknowledged(&self) -> Vec<Arrived> {
        self.state().unacknowledged.clone()
    }

    /// Connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.state().connections
    }

    /// Most connections at the same time.
    pub(crate) fn most_open(&self) -> usize {
        self.state().most_open
    }

    /// The verbs of all commands so far.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.state().commands.clone()
    }

    /// Waits until `count` mails were acknowledged.
    pub(crate) async fn wait_for(&self, count: usize) {
        let arrived = async {
            while self.accepted().len() < count {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), arrived).await.expect("the mails within ten seconds");
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

/// A certificate authority with one certificate, for `localhost`.
pub(crate) struct Authority {
    pub(crate) pem: String,
    pub(crate) server: Arc<ServerConfig>,
}

impl Authority {
    /// `name` is whom the certificate is for.
    pub(crate) fn issuing(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).expect("a certificate");
        let leaf_key = KeyPair::generate().expect("a key");
        let leaf = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let leaf = leaf.signed_by(&leaf_key, &Issuer::new(params, key)).expect("a certificate");
        let leaf_key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
        let server = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], leaf_key)
            .expect("a certificate and its key");
        Self { pem: authority.pem(), server: Arc::new(server) }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, protection: Protection, password: bool, state: Arc<Mutex<State>>) {
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(connection(stream, protection.clone(), password, Arc::clone(&state)));
    }
}

async fn connection(stream: TcpStream, protection: Protection, password: bool, state: Arc<Mutex<State>>) {
    {
        let mut state = lock(&state);
        state.connections += 1;
        state.open += 1;
        state.most_open = state.most_open.max(state.open);
    }
    // A client that goes away in the middle is no fault of the server.
    let _ = converse(stream, protection, password, Arc::clone(&state)).await;
    lock(&state).open -= 1;
}

async fn converse(stream: TcpStream, protection: Protection, password: bool, state: Arc<Mutex<State>>) -> io::Result<()> {
    let mut builder = SessionBuilder::new("relay.example");
    if password {
        builder.enable_auth(AuthMechanism::Plain);
    }
    if matches!(protection, Protection::StartTls(_)) {
        builder.enable_start_tls();
    } else {
        // The session does not know of TLS that was there before it.
        builder.insecure_enable_plaintext_auth();
    }
    let wire = Arc::new(Wire::default());
    let desk = Desk { state: Arc::clone(&state), wire: Arc::clone(&wire), mail: Arrived::default() };
    let mut session = builder.build(IpAddr::V4(Ipv4Addr::LOCALHOST), desk);
    match protection {
        Protection::None => {
            talk(stream, &mut session, &state, &wire, true).await?;
        }
        Protection::StartTls(tls) => {
            if let Some(stream) = talk(stream, &mut session, &state, &wire, true).await? {
                let stream = TlsAcceptor::from(tls).accept(stream).await?;
                session.tls_active();
                wire.encrypted.store(true, Ordering::SeqCst);
                talk(stream, &mut session, &state, &wire, false).await?;
            }
        }
        Protection::Implicit(tls) => {
            let stream = TlsAcceptor::from(tls).accept(stream).await?;
            wire.encrypted.store(true, Ordering::SeqCst);
            talk(stream, &mut session, &state, &wire, true).await?;
        }
    }
    Ok(())
}

/// Talks until the connection ends, or is to be encrypted: then it is given back.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    session: &mut Session<Desk>,
    state: &Mutex<State>,
    wire: &Wire,
    greet: bool,
) -> io::Result<Option<S>> {
    let mut stream = BufStream::new(stream);
    let fault_at = |at: At| lock(state).fault.clone().filter(|(when, _)| *when == at).map(|(_, fault)| fault);
    let (mut line, mut in_content) = (Vec::new(), false);
    let mut answer = Some(session.greeting()).filter(|_| greet);
    let mut fault = fault_at(At::Greeting).filter(|_| greet);
    loop {
        match fault {
            Some(Fault::HangUp) => return Ok(None),
            Some(Fault::Silence) => std::future::pending().await,
            Some(Fault::Late(delay)) => tokio::time::sleep(delay).await,
            Some(Fault::Answer(text)) => {
                let (code, text) = text.split_once(' ').expect("a code and a text");
                answer = Some(Response::custom(code.parse().expect("a code"), text.to_owned()));
            }
            None => {}
        }
        if let Some(answer) = answer {
            stream.write_all(&answer.buffer()?).await?;
            stream.flush().await?;
            match answer.action {
                Action::UpgradeTls => return Ok(Some(stream.into_inner())),
                Action::Close => return Ok(None),
                Action::Reply | Action::NoReply => in_content = answer.code == 354,
            }
        }
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        fault = None;
        if in_content && line == b".\r\n" {
            fault = fault_at(At::Content);
        } else if !in_content {
            let verb = String::from_utf8_lossy(&line).split_whitespace().next().unwrap_or_default().to_uppercase();
            fault = fault_at(At::Recipient).filter(|_| verb == "RCPT");
            lock(state).commands.push(verb);
        }
        let lost = matches!(fault, Some(Fault::HangUp | Fault::Silence | Fault::Answer(_)));
        wire.lost.store(lost, Ordering::SeqCst);
        let response = session.process(&line);
        answer = Some(response).filter(|response| response.action != Action::NoReply);
    }
}

/// What the protocol does not know about its connection.
#[derive(Default)]
struct Wire {
    encrypted: AtomicBool,
    /// The answer to this line will not be that it was taken.
    lost: AtomicBool,
}

/// Where a session's mail is put together.
struct Desk {
    state: Arc<Mutex<State>>,
    wire: Arc<Wire>,
    mail: Arrived,
}

impl Handler for Desk {
    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        let (encrypted, signed_in) = (self.wire.encrypted.load(Ordering::SeqCst), self.mail.signed_in);
        self.mail = Arrived { from: from.to_owned(), encrypted, signed_in, ..Arrived::default() };
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.mail.to.push(to.to_owned());
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.mail.content.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let mut state = lock(&self.state);
        let pile = if self.wire.lost.load(Ordering::SeqCst) { &mut state.unacknowledged } else { &mut state.accepted };
        pile.push(self.mail.clone());
        response::OK
    }

    fn auth_plain(&mut self, _as_whom: &str, user: &str, password: &str) -> Response {
        self.mail.signed_in = user == USER && password == PASSWORD;
        if self.mail.signed_in { response::AUTH_OK } else { response::INVALID_CREDENTIALS }
    }
}
