//! A database, a clock and a mailer: all that mail needs of a portal.

use std::time::Duration;

use portal::domain::{Email, OtpCode, Timestamp, Username};
use portal::server::clock::{Clock, TestClock};
use portal::server::crypto::{Sealer, SecretKey};
use portal::server::mail::transport::{SmtpServer, Transport};
use portal::server::mail::{CodeMail, Mailer, Message, Sender, Worker};
use portal::server::rng::Rng;
use portal::server::store::Store;
use sea_orm::{FromQueryResult, Statement};
use tempfile::TempDir;
use uuid::Uuid;

/// 23 November 2026, 14:27:59 UTC.
pub(crate) const START: Timestamp = Timestamp(1_795_444_079_000);
/// How long the codes of these tests count.
pub(crate) const LIFETIME: Duration = Duration::from_secs(300);
pub(crate) const CODE: &str = "042193";
pub(crate) const ADDRESS: &str = "Ann.Lee@mail.example";

/// An outbox on a fresh database.
pub(crate) struct Outbox {
    pub(crate) clock: TestClock,
    pub(crate) store: Store,
    pub(crate) mailer: Mailer,
    pub(crate) portal_name: String,
    _folder: TempDir,
}

/// A row, read past the portal.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) recipient_masked: String,
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) state: String,
    pub(crate) attempts: i32,
    pub(crate) next_attempt_at: i64,
    pub(crate) sent_at: Option<i64>,
    pub(crate) last_error: Option<String>,
}

impl Outbox {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/portal.db", folder.path().display());
        let store = Store::open(&url).await.expect("a database");
        store.migrate().await.expect("a schema");
        let clock = TestClock::at(START);
        let mailer = mailer(&clock, [7; 32]);
        Self { clock, store, mailer, portal_name: "Portal".to_owned(), _folder: folder }
    }

    /// Another mailer on the same clock, with another secret key.
    pub(crate) fn foreign_mailer(&self) -> Mailer {
        mailer(&self.clock, [8; 32])
    }

    pub(crate) fn worker(&self, transport: Transport) -> Worker {
        let from = "no-reply@portal.example".parse().expect("an address");
        let sender = Sender::new(from, &self.portal_name, "https://portal.example");
        Worker::new(self.store.clone(), self.mailer.clone(), transport, sender)
    }

    /// A worker that sends to `url`.
    pub(crate) fn smtp(&self, url: &str) -> Worker {
        self.worker(Transport::smtp(server(url)).expect("TLS"))
    }

    /// Writes a message down, in a transaction of its own.
    pub(crate) async fn write(&self, message: &Message) {
        self.write_for(message, None).await;
    }

    /// Writes down the message that carries the code `otp`.
    pub(crate) async fn write_for(&self, message: &Message, otp: Option<Uuid>) {
        let tx = self.store.write().await.expect("a transaction");
        self.mailer.enqueue(&tx, message, otp).await.expect("a row");
        tx.commit().await.expect("a commit");
    }

    /// A code that counts for five minutes from now.
    pub(crate) fn code(&self) -> Message {
        self.code_for(LIFETIME)
    }

    /// A code that counts for `life` from now.
    pub(crate) fn code_for(&self, life: Duration) -> Message {
        Message::RegistrationCode(CodeMail {
            to: Email::parse(ADDRESS).expect("valid"),
            username: Username::parse("ann").expect("valid"),
            code: OtpCode::parse(CODE).expect("valid"),
            expires_at: self.clock.now() + life,
            requester_ip: "203.0.113.7".to_owned(),
            browser: "Firefox on Linux".to_owned(),
        })
    }

    /// A notice, which does not expire.
    pub(crate) fn notice(&self) -> Message {
        Message::AccountExists {
            to: Email::parse(ADDRESS).expect("valid"),
            username: Username::parse("ann").expect("valid"),
            requester_ip: "203.0.113.7".to_owned(),
            browser: "Firefox on Linux".to_owned(),
            at: self.clock.now(),
        }
    }

    /// All rows, oldest first.
    pub(crate) async fn rows(&self) -> Vec<Row> {
        let db = self.store.reader();
        let query = Statement::from_string(db.get_database_backend(), "SELECT * FROM outbox ORDER BY id");
        Row::find_by_statement(query).all(db).await.expect("rows")
    }

    /// The only row.
    pub(crate) async fn row(&self) -> Row {
        let [row] = self.rows().await.try_into().expect("one row");
        row
    }
}

/// Reads `SMTP_URL`.
pub(crate) fn server(url: &str) -> SmtpServer {
    SmtpServer::parse(&url.into()).expect("a mail server")
}

fn mailer(clock: &TestClock, key: [u8; 32]) -> Mailer {
    let rng = Rng::from_seed(1);
    let sealer = Sealer::new(&SecretKey::from_bytes(key), "mail", rng.clone());
    Mailer::new(sealer, rng, Clock::Test(clock.clone()))
}
