//! One connection to the mail server of the tests.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use mailin::{Action, AuthMechanism, Handler, Response, Session, SessionBuilder, response};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::{Arrived, At, Fault, PASSWORD, Protection, State, USER, lock};

pub(super) async fn accept(listener: TcpListener, protection: Protection, password: bool, state: Arc<Mutex<State>>) {
    // Dropped with this task, which closes every connection.
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
    // A client that disconnects in the middle is not a server error.
    let _ = converse(stream, protection, password, Arc::clone(&state)).await;
    lock(&state).open -= 1;
}

async fn converse(
    stream: TcpStream,
    protection: Protection,
    password: bool,
    state: Arc<Mutex<State>>,
) -> io::Result<()> {
    let mut builder = SessionBuilder::new("relay.example");
    if password {
        builder.enable_auth(AuthMechanism::Plain);
    }
    if matches!(protection, Protection::StartTls(_)) {
        builder.enable_start_tls();
    } else {
        // The session does not know that the connection already uses TLS.
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

/// Talks until the connection ends or switches to TLS, in which case it is returned.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    session: &mut Session<Desk>,
    state: &Mutex<State>,
    wire: &Wire,
    greet: bool,
) -> io::Result<Option<S>> {
    let mut stream = BufStream::new(stream);
    let fault_at = |at: At| {
        let fault = lock(state).fault.clone().filter(|(when, _)| *when == at || *when == At::Each);
        fault.map(|(_, fault)| fault)
    };
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
            fault = match verb.as_str() {
                "EHLO" => fault_at(At::Hello),
                "MAIL" => fault_at(At::Sender),
                "RCPT" => fault_at(At::Recipient),
                "DATA" => fault_at(At::Data),
                _ => fault_at(At::Each),
            };
            if verb == "EHLO" {
                let name = String::from_utf8_lossy(&line).split_whitespace().nth(1).unwrap_or_default().to_owned();
                lock(state).names.push(name);
            }
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
    /// The reply to this line will not be an acknowledgment.
    lost: AtomicBool,
}

/// The email that a session is receiving.
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
