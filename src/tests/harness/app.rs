//! A portal for one test.

use std::collections::HashMap;
use std::time::Duration;

use axum::Router;
use migration::{Migrator, MigratorTrait as _};
use portal::clock::{Clock, TestClock};
use portal::config::Config;
use portal::config::env::Env;
use portal::domain::Timestamp;
use portal::http::router;
use portal::mail::transport::memory::Behavior;
use portal::mail::{RenderedEmail, Transport, Worker};
use portal::rng::Rng;
use portal::services::{Audit, Core, KeyRotation};
use portal::state::AppState;
use portal::store::Store;
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::client::{Client, Mode};

/// The time at which every test begins: 2026-11-23 12:00 UTC.
const START: Timestamp = Timestamp(1_795_435_200_000);

/// A password that the policy accepts.
pub(crate) const PASSWORD: &str = "tumble rinse obelisk";

/// A portal with its database in a folder of its own.
pub(crate) struct TestApp {
    pub(crate) state: AppState,
    pub(crate) clock: TestClock,
    pub(crate) folder: TempDir,
    router: Router,
    worker: Worker,
    transport: Transport,
    /// Number of earlier processes. Each process draws different random numbers.
    restarts: u64,
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A portal with additional settings.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::start(folder, TestClock::at(START), settings, 0).await
    }

    /// The same portal after its process ended and another one started.
    pub(crate) async fn restart(self, settings: &[(&str, &str)]) -> Self {
        self.state.store.clone().close().await.expect("the database closes");
        Self::start(self.folder, self.clock, settings, self.restarts + 1).await
    }

    async fn start(folder: TempDir, clock: TestClock, settings: &[(&str, &str)], restarts: u64) -> Self {
        let path = folder.path().to_str().expect("a path in UTF-8");
        let quick = [
            // A test solves challenges at once, and sends forms as soon as it has them.
            ("PORTAL_CAPTCHA_DIFFICULTY", "8"),
            ("PORTAL_FORM_MIN_FILL", "0"),
            // The test's clock stands still, so the limit on posts never refills.
            ("PORTAL_POSTS_BURST", "1000000"),
            // Clients connect from IP addresses of other machines.
            ("PORTAL_DEV_MAILBOX", "public"),
        ];
        let mut values: HashMap<_, _> = quick.into_iter().chain([("PORTAL_DATA_DIR", path)]).collect();
        values.extend(settings.iter().copied());
        let env = Env::of(&values.into_iter().collect::<Vec<_>>());
        let rng = Rng::from_seed(1 + restarts);
        let config = Config::from_env(&env, &rng).expect("the settings are right");
        let store = Store::open(config.database.url.expose_secret(), Clock::Test(clock.clone()))
            .await
            .expect("the database opens");
        let audit = Audit::new(store.clone(), &config.keys, Clock::Test(clock.clone()), rng.clone());
        audit.prepare().await.expect("the migrations run");
        let transport = Transport::memory();
        let core = Core::new(config, store, Clock::Test(clock.clone()), rng).expect("the settings are right");
        let worker = Worker::new(core.store.clone(), core.mailer.clone(), transport.clone(), &core.config);
        let state = AppState::new(core);
        Self { router: router::build(&state), state, clock, folder, worker, transport, restarts }
    }

    /// Another process with the same key, database and clock.
    pub(crate) async fn beside(&self, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let shared = self.folder.path().to_str().expect("a path in UTF-8");
        let settings: Vec<_> = settings.iter().copied().chain([("PORTAL_DATA_DIR", shared)]).collect();
        Self::start(folder, self.clock.clone(), &settings, self.restarts + 1).await
    }

    /// A browser whose forms are posted by the page's script.
    pub(crate) fn script(&self) -> Client {
        self.client(Mode::Script)
    }

    /// A browser without JavaScript.
    pub(crate) fn form(&self) -> Client {
        self.client(Mode::Form)
    }

    pub(crate) fn client(&self, mode: Mode) -> Client {
        Client::new(self.router.clone(), mode)
    }

    /// The same browser, connected to the current process.
    pub(crate) fn again(&self, client: &Client) -> Client {
        client.clone().through(self.router.clone())
    }

    /// `portal keys` with these settings: another process, with its own connections.
    pub(crate) async fn resealing(&self, settings: &[(&str, &str)]) -> KeyRotation {
        let rng = Rng::from_seed(1_000);
        let keys = Config::from_env(&Env::of(settings), &rng).expect("the settings are right").keys;
        let url = self.state.config.database.url.expose_secret();
        KeyRotation {
            store: Store::open(url, Clock::Test(self.clock.clone())).await.expect("the database opens"),
            keys,
            rng,
        }
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Sets how mail delivery behaves from now on.
    pub(crate) fn mail_fares(&self, behavior: Behavior) {
        let Transport::Memory(memory) = &self.transport else { panic!("mail is delivered to memory") };
        memory.behave(behavior);
    }

    /// Sends all email that is due.
    pub(crate) async fn deliver(&self) {
        self.worker.deliver_due().await.expect("the outbox can be read");
    }

    /// All messages so far to this email: subject and text.
    pub(crate) async fn mails_to(&self, address: &str) -> Vec<(String, String)> {
        self.letters_to(address).await.into_iter().map(|letter| (letter.subject, letter.text)).collect()
    }

    /// All messages so far to this email, complete.
    pub(crate) async fn letters_to(&self, address: &str) -> Vec<RenderedEmail> {
        self.deliver().await;
        let to = |letter: &RenderedEmail| letter.to.eq_ignore_ascii_case(address);
        self.transport.sent().into_iter().filter(to).collect()
    }

    /// The newest code that was sent to this email.
    pub(crate) async fn code_for(&self, address: &str) -> String {
        let mails = self.mails_to(address).await;
        let mut newest_first = mails.iter().rev().filter_map(|(subject, _)| first_six_digits(subject));
        newest_first.next().unwrap_or_else(|| panic!("no code among {} mails", mails.len()))
    }

    /// The newest long code that was sent to this email.
    pub(crate) async fn long_code_for(&self, address: &str) -> String {
        let mails = self.mails_to(address).await;
        let words = mails.iter().rev().filter_map(|(subject, _)| subject.split(' ').next());
        words.map(str::to_owned).find(|word| word.len() == 14).expect("a long code")
    }

    /// Creates a user who has registered and verified their email.
    pub(crate) async fn account(&self, username: &str, email: &str) {
        let mut client = self.form();
        let to = client.register(username, email, PASSWORD).await.location();
        assert_eq!(to.as_deref(), Some("/verify"));
        let code = self.code_for(email).await;
        let to = client.post("/verify", &[("code", &code)]).await.location();
        assert_eq!(to.as_deref(), Some("/login"));
    }

    /// Counts rows with a query; only the harness may read the database.
    pub(crate) async fn count(&self, query: &str) -> i64 {
        self.first_row(query).await.try_get_by_index(0).expect("a number")
    }

    /// The text that a query returns.
    pub(crate) async fn text(&self, query: &str) -> String {
        self.first_row(query).await.try_get_by_index(0).expect("a text")
    }

    async fn first_row(&self, query: &str) -> sea_orm::QueryResult {
        use sea_orm::ConnectionTrait as _;
        let backend = self.state.store.reader().get_database_backend();
        let statement = sea_orm::Statement::from_string(backend, query);
        let row = self.state.store.reader().query_one_raw(statement).await.expect("the query runs");
        row.expect("a row")
    }

    /// All columns of bytes that are not a row's key, as `table.column`.
    pub(crate) async fn binary_columns(&self) -> Vec<String> {
        use sea_orm::ConnectionTrait as _;
        let query = "SELECT t.name || '.' || c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
            WHERE t.type = 'table' AND lower(c.type) LIKE '%blob%' AND c.pk = 0 ORDER BY 1";
        let reader = self.state.store.reader();
        let statement = sea_orm::Statement::from_string(reader.get_database_backend(), query);
        let rows = reader.query_all_raw(statement).await.expect("the query runs");
        rows.iter().map(|row| row.try_get_by_index(0).expect("a name")).collect()
    }

    /// Changes the database without the portal.
    pub(crate) async fn execute(&self, statement: &str) {
        use sea_orm::ConnectionTrait as _;
        let tx = self.state.store.write().await.expect("the write lock");
        tx.execute_unprepared(statement).await.expect("the statement runs");
        tx.commit().await.expect("it commits");
    }

    /// Ends every session of every account, as a change of the security settings
    /// does, in a transaction that was begun earlier, and commits it.
    pub(crate) async fn raise_session_version_within(&self, tx: portal::store::Transaction) {
        use sea_orm::ConnectionTrait as _;
        tx.execute_unprepared("UPDATE account SET session_epoch = session_epoch + 1").await.expect("it runs");
        tx.commit().await.expect("it commits");
    }

    /// Runs a statement in a transaction that was begun earlier, and commits it.
    pub(crate) async fn execute_within(&self, tx: portal::store::Transaction, statement: &str) {
        use sea_orm::ConnectionTrait as _;
        tx.execute_unprepared(statement).await.expect("it runs");
        tx.commit().await.expect("it commits");
    }

    /// The texts in the first column of a query's result.
    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        use sea_orm::ConnectionTrait as _;
        let backend = self.state.store.reader().get_database_backend();
        let statement = sea_orm::Statement::from_string(backend, query);
        let rows = self.state.store.reader().query_all_raw(statement).await.expect("the query runs");
        rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
    }

    /// Inserts a row of the oldest account into a table, with any other values.
    pub(crate) async fn fill(&self, table: &str) {
        let info = format!("SELECT name || ':' || type || ':' || \"notnull\" FROM pragma_table_info('{table}')");
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for column in self.texts(&info).await {
            let [name, kind, required] = column.split(':').collect::<Vec<_>>()[..] else { panic!("{column}") };
            if required == "0" && name != "account_id" {
                continue;
            }
            values.push(match (name, kind) {
                ("account_id", _) => "id".to_owned(),
                (_, kind) if kind.contains("blob") || kind.contains("uuid") => "randomblob(16)".to_owned(),
                (_, kind) if kind.contains("int") || kind.contains("bool") => "1".to_owned(),
                _ => "'x@x.example'".to_owned(),
            });
            names.push(name.to_owned());
        }
        let (names, values) = (names.join(", "), values.join(", "));
        self.execute(&format!("INSERT INTO {table} ({names}) SELECT {values} FROM account LIMIT 1")).await;
    }

    /// Reverts the migrations from this one on, as if an older version had written the database.
    pub(crate) async fn revert_migrations_from(&self, first: &str) {
        let url = self.state.config.database.url.expose_secret();
        let db = sea_orm::Database::connect(url).await.expect("a connection");
        let position = Migrator::migrations().iter().position(|it| it.name().ends_with(first));
        let steps = Migrator::migrations().len() - position.expect("the migration");
        Migrator::down(&db, u32::try_from(steps).ok()).await.expect("the migrations are reverted");
        db.close().await.expect("the connection closes");
    }

    /// Creates a link, as in an email, that ends the oldest session.
    pub(crate) async fn link_to_end_oldest_session(&self) -> String {
        use portal::crypto::FlowToken;
        let token = FlowToken::generate(&self.state.rng);
        let hex: String = token.digest().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        self.execute(&format!(
            "INSERT INTO mail_link SELECT randomblob(16), x'{hex}', 'end_session', account_id, handle, 0, 9999999999999, NULL
             FROM session WHERE handle IS NOT NULL ORDER BY handle LIMIT 1"
        ))
        .await;
        format!("/from-mail?token={}", token.to_cookie())
    }

    /// The complete contents of the database's files, as bytes.
    pub(crate) fn database_bytes(&self) -> Vec<u8> {
        let read = |name: &str| std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        [read("portal.db"), read("portal.db-wal")].concat()
    }
}

/// The first run of exactly six digits.
pub(crate) fn first_six_digits(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}

/// Six digits that are not `code`, different for each `n`.
pub(crate) fn wrong_code(code: &str, n: u32) -> String {
    let number: u32 = code.parse().expect("six digits");
    format!("{:06}", (number + 1 + n) % 1_000_000)
}
