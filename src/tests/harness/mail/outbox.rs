//! A database, a clock and a mailer: the parts of a portal that email needs.

use std::time::Duration;

use lettre::transport::smtp::extension::ClientId;
use portal::clock::{Clock, TestClock};
use portal::crypto::{KeyRing, Sealer, SecretKey};
use portal::domain::{Email, EmailCode, Timestamp, Username};
use portal::mail::transport::{SmtpServer, Timeouts, Transport};
use portal::mail::{CodeMail, Mailer, Message, Sender, Worker};
use portal::rng::Rng;
use portal::services::KeyRotation;
use portal::store::Store;
use sea_orm::{ConnectionTrait as _, FromQueryResult, Statement};
use tempfile::TempDir;
use uuid::Uuid;

/// 23 November 2026, 14:27:59 UTC.
pub(crate) const START: Timestamp = Timestamp(1_795_444_079_000);
/// How long the codes of these tests are valid.
pub(crate) const LIFETIME: Duration = Duration::from_secs(300);
pub(crate) const CODE: &str = "042193";
pub(crate) const ADDRESS: &str = "Ann.Lee@mail.example";

/// An outbox on a new database.
pub(crate) struct Outbox {
    pub(crate) clock: TestClock,
    pub(crate) store: Store,
    pub(crate) mailer: Mailer,
    pub(crate) portal_name: String,
    _folder: TempDir,
    url: String,
}

/// A row, read directly from the database.
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
    pub(crate) fault: Option<String>,
}

impl Outbox {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/portal.db", folder.path().display());
        let clock = TestClock::at(START);
        let store = Store::open(&url, Clock::Test(clock.clone())).await.expect("a database");
        store.migrate().await.expect("a schema");
        let mailer = mailer(&clock, &secret(7).into(), 1);
        Self { clock, store, mailer, portal_name: "Portal".to_owned(), _folder: folder, url }
    }

    /// A mailer on the same clock with these secret keys. A new outbox uses
    /// `secret(7)`.
    pub(crate) fn mailer_with(&self, keys: &KeyRing) -> Mailer {
        mailer(&self.clock, keys, 2)
    }

    /// `portal keys` with these secret keys: another process, with its own connections.
    pub(crate) async fn resealing(&self, keys: KeyRing) -> KeyRotation {
        KeyRotation {
            store: Store::open(&self.url, Clock::Test(self.clock.clone())).await.expect("the database"),
            keys,
            rng: Rng::from_seed(2),
        }
    }

    pub(crate) fn worker(&self, transport: Transport) -> Worker {
        self.worker_of(&self.mailer, transport)
    }

    /// A worker that sends what this mailer queued.
    pub(crate) fn worker_of(&self, mailer: &Mailer, transport: Transport) -> Worker {
        let from = "no-reply@portal.example".parse().expect("an email");
        let sender = Sender::new(from, &self.portal_name, "https://portal.example");
        Worker::new(self.store.clone(), mailer.clone(), transport, sender)
    }

    /// A worker that sends to `url`.
    pub(crate) fn smtp(&self, url: &str) -> Worker {
        self.smtp_within(url, Timeouts::RFC_5321)
    }

    /// A worker that sends to `url` and waits this long for the server.
    pub(crate) fn smtp_within(&self, url: &str, timeouts: Timeouts) -> Worker {
        self.worker(Transport::smtp(server(url), helo(), timeouts).expect("TLS"))
    }

    /// Queues a message, in a transaction of its own.
    pub(crate) async fn write(&self, message: &Message) {
        let carries_code = matches!(message, Message::RegistrationCode(_));
        self.write_for(message, carries_code.then(|| Rng::from_seed(3).id(self.clock.now()))).await;
    }

    /// Queues the message that carries the code `otp`.
    pub(crate) async fn write_for(&self, message: &Message, otp: Option<Uuid>) {
        let tx = self.store.write().await.expect("a transaction");
        self.mailer.enqueue(&tx, message, otp).await.expect("a row");
        tx.commit().await.expect("a commit");
    }

    /// Stores this many decoys in place of a message, all in one transaction.
    pub(crate) async fn write_decoys(&self, message: &Message, times: usize) {
        let otp = Rng::from_seed(3).id(self.clock.now());
        let tx = self.store.write().await.expect("a transaction");
        for _ in 0..times {
            self.mailer.enqueue_decoy(&tx, message, Some(otp)).await.expect("a row");
        }
        tx.commit().await.expect("a commit");
    }

    /// Queues a message this many times, all in one transaction.
    pub(crate) async fn write_many(&self, message: &Message, times: usize) {
        let tx = self.store.write().await.expect("a transaction");
        for _ in 0..times {
            self.mailer.enqueue(&tx, message, None).await.expect("a row");
        }
        tx.commit().await.expect("a commit");
    }

    /// A code that is valid for five minutes from now.
    pub(crate) fn code(&self) -> Message {
        self.code_for(LIFETIME)
    }

    /// A code that is valid for `life` from now.
    pub(crate) fn code_for(&self, life: Duration) -> Message {
        Message::RegistrationCode(CodeMail {
            to: Email::parse(ADDRESS).expect("valid"),
            username: Username::parse("ann").expect("valid"),
            code: EmailCode::parse(CODE).expect("valid"),
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

    /// Changes a row without the portal.
    pub(crate) async fn set_payload(&self, id: Uuid, payload: &[u8]) {
        self.execute("UPDATE outbox SET payload = ? WHERE id = ?", [payload.to_vec().into(), id.into()]).await;
    }

    /// Runs a statement that changes one row.
    pub(crate) async fn execute<const N: usize>(&self, statement: &str, values: [sea_orm::Value; N]) {
        let tx = self.store.write().await.expect("a transaction");
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), statement, values);
        assert_eq!(tx.execute_raw(statement).await.expect("it runs").rows_affected(), 1);
        tx.commit().await.expect("a commit");
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

/// A secret key that consists of this byte.
pub(crate) fn secret(byte: u8) -> SecretKey {
    SecretKey::from_bytes([byte; 32])
}

/// The name of the portal for `EHLO`.
pub(crate) fn helo() -> ClientId {
    ClientId::Domain("portal.example".to_owned())
}

/// Parses `SMTP_URL`.
pub(crate) fn server(url: &str) -> SmtpServer {
    SmtpServer::parse(&url.into()).expect("a mail server")
}

fn mailer(clock: &TestClock, keys: &KeyRing, seed: u64) -> Mailer {
    let rng = Rng::from_seed(seed);
    let sealer = Sealer::new(keys, "mail", rng.clone());
    Mailer::new(sealer, rng, Clock::Test(clock.clone()))
}
