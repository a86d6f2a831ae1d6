//! Email over SMTP (RFC 5321).
//!
//! Connections are lettre's, but the pool is our own: when a send is dropped at its time limit, its
//! connection must be dropped too. If it went back into a pool, the late reply to one command would
//! be read as the reply to the next, and an email could be recorded as sent that was not.

use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::dial::{DialError, Dialer};
use super::reply::Stage;
use super::smtp_url::{Security, SmtpServer};
use super::{Progress, SendError};
use crate::domain::Timestamp;
use crate::mail::RenderedEmail;
use crate::store::outbox::MailFault;

/// Maximum number of idle connections.
const IDLE_MOST: usize = 4;
/// How long an unused connection stays open. Servers close it after some minutes (RFC 5321, section
/// 4.5.3.2.7 asks for at least five).
const IDLE_FOR: Duration = Duration::from_secs(60);
/// The time limit for checking that an idle connection still works, and for closing it with `QUIT`.
const COURTESY: Duration = Duration::from_secs(2);

/// How long a client waits for the mail server. A server may look up names or scan an email before it replies.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a connection, with TLS if that comes first.
    pub connect: Duration,
    /// For the greeting and the reply to `EHLO`.
    pub greeting: Duration,
    /// For each further step up to the recipient.
    pub command: Duration,
    /// For the reply to `DATA`.
    pub data: Duration,
    /// For transferring the email and for the server's acknowledgment.
    pub content: Duration,
}

impl Timeouts {
    /// The least that RFC 5321 asks for in section 4.5.3.2: five minutes for the greeting and for each command, two for
    /// `DATA`, and three for a block of the email and ten for the acknowledgment. It has no limit for connecting.
    pub const RFC_5321: Self = Self {
        connect: Duration::from_secs(30),
        greeting: Duration::from_secs(2 * 5 * 60),
        command: Duration::from_secs(5 * 60),
        data: Duration::from_secs(2 * 60),
        content: Duration::from_secs((3 + 10) * 60),
    };
}

/// An SMTP server and the connections to it. Lives as long as the worker.
pub struct Smtp {
    server: SmtpServer,
    dialer: Dialer,
    /// Only for STARTTLS.
    starttls: Option<TlsParameters>,
    /// The portal's name for `EHLO`.
    helo: ClientId,
    timeouts: Timeouts,
    idle: Mutex<Vec<Idle>>,
}

/// Why the connection to the mail server cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error(transparent)]
    StartTls(#[from] Error),
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Timestamp,
}

impl Smtp {
    /// Creates a client that calls itself `helo`, without connecting yet. Loads the system's certificate authorities.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(server: SmtpServer, helo: ClientId, timeouts: Timeouts) -> Result<Self, SetupError> {
        let implicit_tls = server.security == Security::Implicit;
        let dialer = Dialer::new(&server.host, server.port, implicit_tls, &server.roots)?;
        let starttls = (server.security == Security::StartTls).then(|| starttls(&server)).transpose()?;
        Ok(Self { server, dialer, starttls, helo, timeouts, idle: Mutex::default() })
    }

    /// Sends an email. It may take `life` until the server asks for the content; from then on, the server decides.
    pub(super) async fn send(
        &self,
        email: &RenderedEmail,
        life: Option<Duration>,
        progress: &Progress,
    ) -> Result<(), SendError> {
        let (mut connection, content) = within_life(life, self.begin(email)).await?;
        progress.set_content_sent();
        let acknowledgment = connection.message(&content);
        replied(Stage::Content, self.timeouts.content, acknowledgment).await?;
        self.keep(connection, email.at).await;
        Ok(())
    }

    /// Asks the server whether it takes an email for this recipient, without sending it.
    pub(super) async fn probe(&self, email: &RenderedEmail, life: Option<Duration>) -> Result<(), SendError> {
        let offered = async {
            let mut connection = self.offer(email, &email.mail.formatted()).await?;
            replied(Stage::Recipient, self.timeouts.command, connection.command(Rset)).await?;
            Ok(connection)
        };
        let connection = within_life(life, offered).await?;
        self.keep(connection, email.at).await;
        Ok(())
    }

    pub(super) async fn tidy(&self, now: Timestamp) {
        let stale: Vec<Idle> = self.idle.lock().await.extract_if(.., |idle| now.since(idle.since) > IDLE_FOR).collect();
        for idle in stale {
            quit(idle.connection);
        }
    }

    /// Returns a connection on which the server has asked for the content, and the content.
    async fn begin(&self, email: &RenderedEmail) -> Result<(AsyncSmtpConnection, Vec<u8>), SendError> {
        let content = email.mail.formatted();
        let mut connection = self.offer(email, &content).await?;
        replied(Stage::Data, self.timeouts.data, connection.command(Data)).await?;
        Ok((connection, content))
    }

    /// Returns a connection on which the server has accepted the sender and the recipient.
    async fn offer(&self, email: &RenderedEmail, content: &[u8]) -> Result<AsyncSmtpConnection, SendError> {
        let mut connection = match self.reuse().await {
            Some(connection) => connection,
            // Boxed, because its future is large.
            None => Box::pin(self.connect()).await?,
        };
        let envelope = email.mail.envelope();
        let mut parameters = Vec::new();
        if !content.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let sender = Mail::new(envelope.from().cloned(), parameters);
        let mut accepted = replied(Stage::Sender, self.timeouts.command, connection.command(sender)).await;
        for recipient in envelope.to() {
            if accepted.is_ok() {
                let recipient = Rcpt::new(recipient.clone(), Vec::new());
                accepted = replied(Stage::Recipient, self.timeouts.command, connection.command(recipient)).await;
            }
        }
        match accepted {
            Ok(()) => Ok(connection),
            Err(error) => {
                quit(connection);
                Err(error)
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let stage = Stage::Connection;
        let stream = match timeout(self.timeouts.connect, self.dialer.connect()).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(SendError::connect(&error)),
            Err(_) => return Err(SendError::no_reply(stage)),
        };
        let greeting = AsyncSmtpConnection::connect_with_transport(stream, &self.helo);
        let mut connection = received(stage, self.timeouts.greeting, greeting).await?;
        if let Some(tls) = self.starttls.clone() {
            if !connection.can_starttls() {
                return Err(SendError::new(
                    MailFault::Settings,
                    "the mail server does not offer STARTTLS on this port: use smtps:// in SMTP_URL, or another port",
                ));
            }
            received(stage, self.timeouts.command, connection.starttls(tls, &self.helo)).await?;
        }
        self.authenticate(&mut connection).await?;
        Ok(connection)
    }

    async fn authenticate(&self, connection: &mut AsyncSmtpConnection) -> Result<(), SendError> {
        let Some(credentials) = &self.server.credentials else { return Ok(()) };
        if connection.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
            // lettre keeps only the mechanisms that it knows.
            let ehlo = connection.command(Ehlo::new(self.helo.clone()));
            let reply = received(Stage::Connection, self.timeouts.command, ehlo).await?;
            return Err(SendError::no_mechanism(&reply));
        }
        replied(Stage::Connection, self.timeouts.command, connection.auth(DEFAULT_MECHANISMS, credentials)).await
    }

    /// Returns an idle connection if the server still replies on it.
    async fn reuse(&self) -> Option<AsyncSmtpConnection> {
        let mut connection = self.idle.lock().await.pop()?.connection;
        if timeout(COURTESY, connection.test_connected()).await.unwrap_or(false) {
            return Some(connection);
        }
        // The server was probably restarted, so the other connections are dead too. Testing each
        // would use up the time limit.
        self.idle.lock().await.clear();
        None
    }

    async fn keep(&self, connection: AsyncSmtpConnection, since: Timestamp) {
        let mut idle = self.idle.lock().await;
        if idle.len() < IDLE_MOST {
            idle.push(Idle { connection, since });
        }
    }
}

fn starttls(server: &SmtpServer) -> Result<TlsParameters, Error> {
    let builder = TlsParameters::builder(server.host.clone());
    let roots = server.roots.iter().map(|root| Certificate::from_der(root.to_vec()));
    roots.collect::<Result<Vec<_>, _>>()?.into_iter().fold(builder, TlsParametersBuilder::add_root_certificate).build()
}

/// Closes a connection in the background: a server that does not reply must not hold up the worker.
fn quit(mut connection: AsyncSmtpConnection) {
    tokio::spawn(async move { timeout(COURTESY, connection.quit()).await });
}

/// An email that expires before the server asks for its content is not sent.
async fn within_life<T>(
    life: Option<Duration>,
    sending: impl Future<Output = Result<T, SendError>>,
) -> Result<T, SendError> {
    match life {
        Some(life) => timeout(life, sending).await.unwrap_or_else(|_| Err(SendError::no_reply(Stage::Connection))),
        None => sending.await,
    }
}

async fn received<T>(
    stage: Stage,
    limit: Duration,
    reply: impl Future<Output = Result<T, Error>>,
) -> Result<T, SendError> {
    match timeout(limit, reply).await {
        Ok(reply) => reply.map_err(|error| SendError::of(stage, &error)),
        Err(_) => Err(SendError::no_reply(stage)),
    }
}

async fn replied<T>(
    stage: Stage,
    limit: Duration,
    reply: impl Future<Output = Result<T, Error>>,
) -> Result<(), SendError> {
    received(stage, limit, reply).await.map(|_| ())
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Smtp").field(&self.server).finish()
    }
}
