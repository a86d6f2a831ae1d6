//! Database connections, and the rules for reusing them.
//!
//! A connection is reused only if it is known to be outside a transaction. sqlx keeps its own count
//! of open transactions, while SQLite rolls a transaction back by itself when the disk is full or
//! fails. The count is then one too high, the next `BEGIN` becomes a `SAVEPOINT`, and everything
//! "committed" after that is lost with the connection. Such a connection is therefore closed and
//! replaced.
//!
//! PostgreSQL can restart, or stop responding behind a firewall that dropped the connection. Every
//! wait for it is limited, and a pool that stopped responding is replaced as a whole.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, Connection as _, Executor as _};
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement,
};

use super::inline_reader::InlineReader;
use super::postgres_tls;

/// The longest wait for the lock of an SQLite file, and for the writer permit.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(10);
/// The longest wait for a connection to PostgreSQL. sqlx waits for at most a fifth of it between
/// two attempts, so a connection is available at most 0.6 s after the server is back.
const POSTGRES_CONNECT: Duration = Duration::from_secs(3);
/// The longest wait for the first connection to PostgreSQL, which may still be starting.
const POSTGRES_FIRST_CONNECT: Duration = Duration::from_secs(10);
/// The longest wait for a response from PostgreSQL: one second more than the server's own statement
/// timeout ([`POSTGRES_SESSION`]).
pub(super) const POSTGRES_ANSWER: Duration = Duration::from_secs(6);
/// The longest wait for a connection to PostgreSQL and its response to `BEGIN`.
pub(super) const POSTGRES_BEGIN: Duration = Duration::from_secs(4);
/// A PostgreSQL connection is tested before use after it was idle for this long.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(1);
/// The longest wait for the response to that test.
const TEST_ANSWER: Duration = Duration::from_secs(1);

/// Timeouts enforced by the server. A process that stops in the middle of a transaction or becomes
/// unreachable loses its locks after a few seconds instead of PostgreSQL's default of two hours.
const POSTGRES_SESSION: &str = "SET statement_timeout = '5s'; SET lock_timeout = '5s';
    SET idle_in_transaction_session_timeout = '5s'; SET tcp_user_timeout = '15s';
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3";

/// A pool of connections to one database.
pub(super) struct Pool {
    options: ConnectOptions,
    current: RwLock<Current>,
    /// Whether the last transaction left its connection in an unknown state. Only used by a pool
    /// with a single connection, whose transactions run one after the other, so it always refers to
    /// the last one.
    suspect: Arc<AtomicBool>,
}

#[derive(Clone)]
struct Current {
    /// The number of replacements so far.
    generation: u64,
    connections: DatabaseConnection,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the options: the URL may hold a password.
        f.debug_struct("Pool").field("suspect", &self.suspect).finish_non_exhaustive()
    }
}

impl Pool {
    /// Opens the database at `url` with up to `size` connections. Creates the file of an SQLite
    /// database if it does not exist.
    ///
    /// # Errors
    /// Fails if the database cannot be opened, or if PostgreSQL cannot be reached within ten
    /// seconds.
    pub(super) async fn open(url: &str, size: u32) -> Result<Self, DbErr> {
        let suspect = Arc::new(AtomicBool::new(false));
        let mut options = ConnectOptions::new(url);
        options.max_connections(size).test_before_acquire(false).sqlx_logging(false);
        sqlite(&mut options, &suspect);
        postgres(&mut options, &suspect);
        let connections = if is_sqlite(url) {
            options.min_connections(1).acquire_timeout(MAX_WAIT).idle_timeout(None).max_lifetime(None);
            Database::connect(options.clone()).await?
        } else {
            options.min_connections(0).connect_lazy(true).acquire_timeout(POSTGRES_FIRST_CONNECT);
            Database::connect(options.clone()).await?.ping().await?;
            options.acquire_timeout(POSTGRES_CONNECT);
            Database::connect(options.clone()).await?
        };
        Ok(Self { options, current: RwLock::new(Current { generation: 0, connections }), suspect })
    }

    pub(super) fn connections(&self) -> DatabaseConnection {
        self.current().connections
    }

    fn current(&self) -> Current {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn is_sqlite(&self) -> bool {
        is_sqlite(self.options.get_url())
    }

    pub(super) fn backend(&self) -> DbBackend {
        if self.is_sqlite() { DbBackend::Sqlite } else { DbBackend::Postgres }
    }

    /// Returns the longest wait for the response to a statement.
    pub(super) fn answer_limit(&self) -> Option<Duration> {
        (!self.is_sqlite()).then_some(POSTGRES_ANSWER)
    }

    /// Sets whether the connection must be replaced before it is used again.
    pub(super) fn set_suspect(&self, suspect: bool) {
        self.suspect.store(suspect, Ordering::Release);
    }

    /// Runs `operation`, on PostgreSQL for at most `limit`. If the connection is lost or does not
    /// respond, all connections are replaced. The operation is run a second time if the connection
    /// was lost, or if it did not respond and `repeats` is set. The operation itself must not
    /// change any data.
    pub(super) async fn run<T, F: Future<Output = Result<T, DbErr>>>(
        &self,
        limit: Duration,
        repeats: bool,
        operation: impl Fn(DatabaseConnection) -> F,
    ) -> Result<T, DbErr> {
        if self.is_sqlite() {
            return operation(self.connections()).await;
        }
        let Current { generation, connections } = self.current();
        let error = match within(Some(limit), operation(connections)).await {
            Err(error) if is_lost(&error) || is_unresponsive(&error) => error,
            answer => return answer,
        };
        self.replace(generation).await;
        if is_lost(&error) || repeats && is_no_answer(&error) {
            return within(Some(limit), operation(self.connections())).await;
        }
        Err(error)
    }

    /// Replaces the connections of this generation. Operations still running on them may finish.
    /// New connections are opened on demand.
    async fn replace(&self, generation: u64) {
        let Ok(connections) = Database::connect(self.options.clone()).await else { return };
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.generation == generation {
            *current = Current { generation: generation + 1, connections };
        }
    }

    pub(super) async fn close(&self) -> Result<(), DbErr> {
        self.connections().close().await
    }
}

/// Returns the server and why it cannot be reached. A pool tries to connect until its time is up, and then only says
/// that it waited too long. Returns `None` for SQLite, and if the server can be reached now.
pub(super) async fn refusal(url: &str) -> Option<String> {
    let server = postgres_tls::server(url).filter(|_| !is_sqlite(url))?;
    let options: sqlx::postgres::PgConnectOptions = url.parse().ok()?;
    let connected = tokio::time::timeout(POSTGRES_CONNECT, sqlx::PgConnection::connect_with(&options)).await;
    let reason = match connected {
        Ok(Ok(_)) => return None,
        Ok(Err(sqlx::Error::Io(error))) => error.to_string(),
        Ok(Err(sqlx::Error::Database(error))) => error.message().to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", POSTGRES_CONNECT.as_secs()),
    };
    Some(format!("{server}: {reason}"))
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

fn sqlite(options: &mut ConnectOptions, suspect: &Arc<AtomicBool>) {
    let (released, acquired) = (suspect.clone(), suspect.clone());
    options
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL: commits survive a power failure, not only a crash of the process.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(MAX_WAIT)
        })
        .map_sqlx_sqlite_pool_opts(move |pool| {
            let suspect = released.clone();
            // Right away, not only before the next use: the connection may still hold the file
            // lock.
            pool.after_release(move |_, _| {
                let keep = !suspect.load(Ordering::Acquire);
                Box::pin(async move { Ok(keep) })
            })
        })
        .map_sqlx_sqlite_before_acquire(move |connection, _| {
            let outside = !connection.is_in_transaction();
            let suspect = acquired.swap(false, Ordering::AcqRel);
            Box::pin(async move { Ok(outside && !suspect) })
        });
}

fn postgres(options: &mut ConnectOptions, suspect: &Arc<AtomicBool>) {
    let (released, acquired) = (suspect.clone(), suspect.clone());
    options
        .map_sqlx_postgres_opts(|postgres| {
            postgres.application_name(&format!("portal:{}", std::process::id())).statement_cache_capacity(500)
        })
        .map_sqlx_postgres_pool_opts(move |pool| {
            let suspect = released.clone();
            pool.after_connect(|connection, _| {
                Box::pin(async move { connection.execute(POSTGRES_SESSION).await.map(|_| ()) })
            })
            .after_release(move |_, _| {
                let keep = !suspect.load(Ordering::Acquire);
                Box::pin(async move { Ok(keep) })
            })
        })
        .map_sqlx_postgres_before_acquire(move |connection, meta| {
            let suspect = acquired.swap(false, Ordering::AcqRel);
            Box::pin(async move {
                if suspect || meta.idle_for < TEST_AFTER_IDLE {
                    return Ok(!suspect);
                }
                Ok(tokio::time::timeout(TEST_ANSWER, connection.ping()).await.is_ok_and(|answer| answer.is_ok()))
            })
        });
}

/// The connections that only read.
#[derive(Debug)]
pub struct Reader {
    pub(super) pool: Pool,
    /// Only for SQLite.
    inline: Option<InlineReader>,
}

impl Reader {
    pub(super) fn new(pool: Pool) -> Self {
        let inline = pool.is_sqlite().then(|| {
            let options = pool.connections().get_sqlite_connection_pool().connect_options();
            InlineReader::new(options.get_filename().to_path_buf())
        });
        Self { pool, inline }
    }

    /// Finds a row on this thread and without waiting. Returns `None` where that is not possible, and the query has to
    /// go to the pool: on PostgreSQL, while SQLite is locked, and after an error.
    pub(super) fn find_inline<T>(
        &self,
        sql: &str,
        key: &[u8],
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Option<Option<T>> {
        self.inline.as_ref()?.find(sql, key, read).ok()
    }

    pub(super) async fn close(&self) -> Result<(), DbErr> {
        if let Some(inline) = &self.inline {
            inline.close();
        }
        self.pool.close().await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.pool.connections().execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.pool.connections().execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let query = |connections: DatabaseConnection| {
            let statement = statement.clone();
            async move { connections.query_one_raw(statement).await }
        };
        self.pool.run(POSTGRES_ANSWER, false, query).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let query = |connections: DatabaseConnection| {
            let statement = statement.clone();
            async move { connections.query_all_raw(statement).await }
        };
        self.pool.run(POSTGRES_ANSWER, false, query).await
    }
}

const NO_ANSWER: &str = "the database did not answer in time";

/// Runs an operation, and stops waiting for it after `limit`.
pub(super) async fn within<T>(
    limit: Option<Duration>,
    operation: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, DbErr> {
    let Some(limit) = limit else { return operation.await };
    tokio::time::timeout(limit, operation).await.unwrap_or_else(|_| Err(DbErr::Custom(NO_ANSWER.to_owned())))
}

fn is_no_answer(error: &DbErr) -> bool {
    matches!(error, DbErr::Custom(text) if text == NO_ANSWER)
}

/// Returns whether the database did not respond: no response to a statement, or no connection.
fn is_unresponsive(error: &DbErr) -> bool {
    is_no_answer(error) || matches!(error, DbErr::ConnectionAcquire(_))
}

/// Returns whether the connection was lost before it was used, for example because the server
/// restarted.
fn is_lost(error: &DbErr) -> bool {
    if matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)) {
        return true;
    }
    match driver_error(error) {
        Some(sqlx::Error::Io(_) | sqlx::Error::Protocol(_)) => true,
        // https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exceptions,
        // shutdown, crash, and idle-in-transaction timeout.
        Some(sqlx::Error::Database(error)) => error
            .code()
            .is_some_and(|code| code.starts_with("08") || ["57P01", "57P02", "57P03", "25P03"].contains(&&*code)),
        _ => false,
    }
}

/// Returns whether an error leaves the connection in a known state: the statement had no effect and
/// the transaction is unchanged. True for lock timeouts, constraint violations, and errors outside
/// the database.
pub(super) fn is_harmless(error: &DbErr) -> bool {
    if is_unresponsive(error) {
        return false;
    }
    match driver_error(error) {
        Some(sqlx::Error::Database(error)) => {
            let code = error.code().unwrap_or_default();
            if let Some(code) = error.try_downcast_ref::<sqlx::sqlite::SqliteError>().and(code.parse::<u32>().ok()) {
                // SQLITE_BUSY and SQLITE_CONSTRAINT, including their extended codes:
                // https://www.sqlite.org/rescode.html
                return matches!(code & 0xff, 5 | 19);
            }
            code.starts_with("23") || ["55P03", "57014", "40001", "40P01"].contains(&&*code)
        }
        Some(
            sqlx::Error::RowNotFound
            | sqlx::Error::TypeNotFound { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::Encode(_)
            | sqlx::Error::Decode(_),
        )
        | None => true,
        Some(_) => false,
    }
}

fn driver_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}
