//! The connections to the database, and which of them may be used again.
//!
//! A connection is given out only when it is known to be outside of a
//! transaction. sqlx counts the transactions of a connection by itself, and
//! SQLite rolls a transaction back on its own when the disk is full or fails.
//! The count is then one too high, the next `BEGIN` becomes a `SAVEPOINT`, and
//! everything "committed" from then on is lost with the connection. So such a
//! connection is closed and replaced.
//!
//! PostgreSQL can go away and come back, or fall silent behind a firewall that
//! forgot the connection. Every wait for it has a limit, and a pool that stopped
//! answering is replaced as a whole.

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

/// The longest wait for the lock of an SQLite file, and for a writer's turn.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(10);
/// The longest wait for a connection to PostgreSQL. sqlx pauses for at most a
/// fifth of it between two attempts: 0.6 s after the server's return at the
/// latest, the connection is there.
const POSTGRES_CONNECT: Duration = Duration::from_secs(3);
/// The longest wait for the first connection to PostgreSQL: it may be starting.
const POSTGRES_FIRST_CONNECT: Duration = Duration::from_secs(10);
/// The longest wait for an answer of PostgreSQL, a second more than the server
/// itself allows a statement ([`POSTGRES_SESSION`]).
pub(super) const POSTGRES_ANSWER: Duration = Duration::from_secs(6);
/// A PostgreSQL connection that was idle for this long is tested before use.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(1);
/// The longest wait for the answer to that test.
const TEST_ANSWER: Duration = Duration::from_secs(1);

/// What the server enforces by itself: a process that is stopped in the middle of
/// a transaction, or that can no longer be reached, gives up its locks after a few
/// seconds instead of PostgreSQL's default of two hours.
const POSTGRES_SESSION: &str = "SET statement_timeout = '5s'; SET lock_timeout = '5s';
    SET idle_in_transaction_session_timeout = '5s'; SET tcp_user_timeout = '15s';
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3";

/// Connections of one kind to one database.
pub(super) struct Pool {
    options: ConnectOptions,
    current: RwLock<Current>,
    /// Whether the last transaction left its connection in a state that nobody
    /// knows. Used by a pool of one connection alone: its transactions follow each
    /// other, so that this is always about the last one.
    doubt: Arc<AtomicBool>,
}

#[derive(Clone)]
struct Current {
    /// Counts the replacements.
    generation: u64,
    connections: DatabaseConnection,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the options: the URL may hold a password.
        f.debug_struct("Pool").field("doubt", &self.doubt).finish_non_exhaustive()
    }
}

impl Pool {
    /// Opens the database at `url`, with `size` connections at most. An SQLite
    /// file is made when it does not exist.
    ///
    /// # Errors
    /// When the database cannot be opened, or a PostgreSQL server cannot be
    /// reached within ten seconds.
    pub(super) async fn open(url: &str, size: u32) -> Result<Self, DbErr> {
        let doubt = Arc::new(AtomicBool::new(false));
        let mut options = ConnectOptions::new(url);
        options.max_connections(size).test_before_acquire(false).sqlx_logging(false);
        sqlite(&mut options, &doubt);
        postgres(&mut options, &doubt);
        let connections = if is_sqlite(url) {
            options.min_connections(1).acquire_timeout(MAX_WAIT).idle_timeout(None).max_lifetime(None);
            Database::connect(options.clone()).await?
        } else {
            options.min_connections(0).connect_lazy(true).acquire_timeout(POSTGRES_FIRST_CONNECT);
            Database::connect(options.clone()).await?.ping().await?;
            options.acquire_timeout(POSTGRES_CONNECT);
            Database::connect(options.clone()).await?
        };
        Ok(Self { options, current: RwLock::new(Current { generation: 0, connections }), doubt })
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

    /// The longest wait for the answer to a statement.
    pub(super) fn answer_limit(&self) -> Option<Duration> {
        (!self.is_sqlite()).then_some(POSTGRES_ANSWER)
    }

    /// Has the connection replaced before it is used again, or does so no longer.
    pub(super) fn set_doubt(&self, doubt: bool) {
        self.doubt.store(doubt, Ordering::Release);
    }

    /// Runs `operation` within `limit` on PostgreSQL. When the connection turns
    /// out to be gone or does not answer, all connections are replaced; when it
    /// was gone, or `repeats` says that a silent one may be asked twice, the
    /// operation runs a second time. It must change nothing by itself.
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
            Err(error) if is_lost(&error) || is_silence(&error) => error,
            answer => return answer,
        };
        self.replace(generation).await;
        if is_lost(&error) || repeats && is_no_answer(&error) {
            return within(Some(limit), operation(self.connections())).await;
        }
        Err(error)
    }

    /// Leaves the connections of this generation to themselves: what still runs on
    /// them ends as it may. New ones are opened when they are asked for.
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

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

fn sqlite(options: &mut ConnectOptions, doubt: &Arc<AtomicBool>) {
    let (released, acquired) = (doubt.clone(), doubt.clone());
    options
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL: what was acknowledged survives a power cut, not only a crash.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(MAX_WAIT)
        })
        .map_sqlx_sqlite_pool_opts(move |pool| {
            let doubt = released.clone();
            // At once, not only when the connection is needed again: it may hold the lock of the file.
            pool.after_release(move |_, _| {
                let keep = !doubt.load(Ordering::Acquire);
                Box::pin(async move { Ok(keep) })
            })
        })
        .map_sqlx_sqlite_before_acquire(move |connection, _| {
            let outside = !connection.is_in_transaction();
            let doubt = acquired.swap(false, Ordering::AcqRel);
            Box::pin(async move { Ok(outside && !doubt) })
        });
}

fn postgres(options: &mut ConnectOptions, doubt: &Arc<AtomicBool>) {
    let (released, acquired) = (doubt.clone(), doubt.clone());
    options
        .map_sqlx_postgres_opts(|postgres| {
            postgres.application_name(&format!("portal:{}", std::process::id())).statement_cache_capacity(500)
        })
        .map_sqlx_postgres_pool_opts(move |pool| {
            let doubt = released.clone();
            pool.after_connect(|connection, _| {
                Box::pin(async move { connection.execute(POSTGRES_SESSION).await.map(|_| ()) })
            })
            .after_release(move |_, _| {
                let keep = !doubt.load(Ordering::Acquire);
                Box::pin(async move { Ok(keep) })
            })
        })
        .map_sqlx_postgres_before_acquire(move |connection, meta| {
            let doubt = acquired.swap(false, Ordering::AcqRel);
            Box::pin(async move {
                if doubt || meta.idle_for < TEST_AFTER_IDLE {
                    return Ok(!doubt);
                }
                Ok(tokio::time::timeout(TEST_ANSWER, connection.ping()).await.is_ok_and(|answer| answer.is_ok()))
            })
        });
}

/// The connections that only read.
#[derive(Debug)]
pub struct Reader(pub(super) Pool);

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.0.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.connections().execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.connections().execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let ask = |connections: DatabaseConnection| {
            let statement = statement.clone();
            async move { connections.query_one_raw(statement).await }
        };
        self.0.run(POSTGRES_ANSWER, false, ask).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let ask = |connections: DatabaseConnection| {
            let statement = statement.clone();
            async move { connections.query_all_raw(statement).await }
        };
        self.0.run(POSTGRES_ANSWER, false, ask).await
    }
}

const NO_ANSWER: &str = "the database did not answer in time";

/// Runs an operation, and gives up waiting for it after `limit`.
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

/// Nothing was heard of the database: neither an answer nor a new connection.
fn is_silence(error: &DbErr) -> bool {
    is_no_answer(error) || matches!(error, DbErr::ConnectionAcquire(_))
}

/// The connection had ended before it was used, as after a restart of the server.
fn is_lost(error: &DbErr) -> bool {
    if matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)) {
        return true;
    }
    match driver_error(error) {
        Some(sqlx::Error::Io(_) | sqlx::Error::Protocol(_)) => true,
        // https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exceptions,
        // shutdown, crash, and a transaction that was idle for too long.
        Some(sqlx::Error::Database(error)) => error
            .code()
            .is_some_and(|code| code.starts_with("08") || ["57P01", "57P02", "57P03", "25P03"].contains(&&*code)),
        _ => false,
    }
}

/// Whether an error says all there is to know about the state of the connection:
/// the statement did nothing, and the transaction is as it was before it. True of
/// a lock that did not come, a constraint, and what went wrong outside the database.
pub(super) fn is_harmless(error: &DbErr) -> bool {
    if is_silence(error) {
        return false;
    }
    match driver_error(error) {
        Some(sqlx::Error::Database(error)) => {
            let code = error.code().unwrap_or_default();
            if let Some(code) = error.try_downcast_ref::<sqlx::sqlite::SqliteError>().and(code.parse::<u32>().ok()) {
                // SQLITE_BUSY and SQLITE_CONSTRAINT, without what an extended code adds: https://www.sqlite.org/rescode.html
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
