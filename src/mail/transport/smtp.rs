//! Email over SMTP (RFC 5321).
//!
//! Connections are lettre's, but the pool is our own: when a send is dropped at its time limit, its
//! connection must be dropped too. If it went back into a pool, the late reply to one command would
//! be read as the reply to the next, and an email could be recorded as sent that was not.

use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::extension::ClientId;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::SendError;
use super::smtp_url::{Security, SmtpServer};
use crate::domain::Timestamp;
use crate::mail::RenderedEmail;
use crate::mail::format::one_line_up_to;

/// Maximum number of idle connections.
const IDLE_MOST: usize = 4;
/// How long an unused connection stays open. Servers close it after some minutes (RFC 5321, section
/// 4.5.3.2.7 asks for at least five).
const IDLE_FOR: Duration = Duration::from_secs(60);
/// The time limit for checking that an idle connection still works, and for closing it with `QUIT`.
const GREETING: Duration = Duration::from_secs(2);

/// An SMTP server and the connections to it. Lives as long as the worker.
pub struct Smtp {
    server: SmtpServer,
    /// `None` if the connection is not encrypted.
    tls: Option<TlsParameters>,
    name: ClientId,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Timestamp,
}

impl Smtp {
    /// Creates a client without connecting yet. Loads the system's certificate authorities.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(server: SmtpServer) -> Result<Self, Error> {
        let tls = match server.security {
            Security::None => None,
            Security::Implicit | Security::StartTls => {
                let builder = TlsParameters::builder(server.host.clone());
                Some(server.roots.iter().cloned().fold(builder, TlsParametersBuilder::add_root_certificate).build()?)
            }
        };
        Ok(Self { server, tls, name: ClientId::default(), idle: Mutex::default() })
    }

    pub(super) async fn send(&self, email: &RenderedEmail) -> Result<(), SendError> {
        let mut connection = match self.reuse().await {
            Some(connection) => connection,
            None => self.connect().await.map_err(|error| connect_error(&error))?,
        };
        connection.send(email.mail.envelope(), &email.mail.formatted()).await.map_err(|error| send_error(&error))?;
        self.keep(connection, email.at).await;
        Ok(())
    }

    pub(super) async fn tidy(&self, now: Timestamp) {
        let stale: Vec<Idle> = self.idle.lock().await.extract_if(.., |idle| now.since(idle.since) > IDLE_FOR).collect();
        for mut idle in stale {
            // Runs in the background: a server that does not reply must not hold up the worker.
            tokio::spawn(async move { timeout(GREETING, idle.connection.quit()).await });
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let implicit = self.tls.clone().filter(|_| self.server.security == Security::Implicit);
        let address = (self.server.host.as_str(), self.server.port);
        // No timeout here; the caller limits the whole attempt.
        let mut connection = AsyncSmtpConnection::connect_tokio1(address, None, &self.name, implicit, None).await?;
        if let (Security::StartTls, Some(tls)) = (self.server.security, self.tls.clone()) {
            // Fails if the server does not offer STARTTLS.
            connection.starttls(tls, &self.name).await?;
        }
        if let Some(credentials) = &self.server.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    /// Returns an idle connection if the server still replies on it.
    async fn reuse(&self) -> Option<AsyncSmtpConnection> {
        let mut connection = self.idle.lock().await.pop()?.connection;
        if timeout(GREETING, connection.test_connected()).await.unwrap_or(false) {
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

/// Classifies an error before the email itself. It is not specific to this email: a rejected
/// password or an untrusted certificate must not make the failure permanent.
fn connect_error(error: &Error) -> SendError {
    SendError::Failed(describe(error, "the mail server refused the connection or the credentials in SMTP_URL"))
}

/// Maximum length of the description of an error that is not a reply, such as of a certificate for another name.
const ERROR_MAX: usize = 200;

/// Classifies an error while sending an email.
///
/// A 5xx reply is about this email and permanent (RFC 5321, section 4.2.1). The exception is 530:
/// the server requires authentication or TLS first (RFC 4954, section 6; RFC 3207, section 4),
/// which is a mistake in `SMTP_URL`.
fn send_error(error: &Error) -> SendError {
    if error.status().is_some_and(|code| u16::from(code) == 530) {
        return connect_error(error);
    }
    let text = describe(error, "the mail server rejected the email");
    if error.is_permanent() { SendError::Refused(text) } else { SendError::Failed(text) }
}

/// Describes an error in one line. Of a server's reply it keeps the status codes: `550 5.1.1: …`.
fn describe(error: &Error, rejected: &str) -> String {
    let Some(code) = error.status() else {
        // An error about the form of a reply quotes the reply.
        let invalid = "the mail server closed the connection or sent an invalid reply";
        return if error.is_response() { invalid.to_owned() } else { one_line_up_to(&error.to_string(), ERROR_MAX) };
    };
    let phrase = if error.is_permanent() { rejected } else { "temporary failure of the mail server" };
    let reply = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match enhanced_code(&reply) {
        Some(enhanced) => format!("{code} {enhanced}: {phrase}"),
        None => format!("{code}: {phrase}"),
    }
}

/// Returns the enhanced status code at the start of a reply (RFC 3463, section 2).
fn enhanced_code(reply: &str) -> Option<&str> {
    let word = reply.split_whitespace().next()?;
    let (class, rest) = word.split_once('.')?;
    let (subject, detail) = rest.split_once('.')?;
    let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (matches!(class, "4" | "5") && is_number(subject) && is_number(detail)).then_some(word)
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Smtp").field(&self.server).finish()
    }
}
