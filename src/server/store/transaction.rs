//! A write transaction, and what makes its commit mean something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait as _,
};
use tokio::sync::OwnedSemaphorePermit;

use super::connections::{MAX_WAIT, Pool, is_harmless, within};
use super::{Store, StoreError};
use crate::domain::Timestamp;

/// The longest wait for a connection to PostgreSQL and its answer to `BEGIN`.
const POSTGRES_BEGIN: Duration = Duration::from_secs(4);
/// One write transaction at a time, over all processes: what IMMEDIATE is on
/// SQLite. Taken before anything is read, so that under READ COMMITTED every
/// statement sees what the transactions before it committed. Held to the end of
/// the transaction. The number has no meaning outside this program.
const WRITE_LOCK: &str = "SELECT pg_advisory_xact_lock(5041118)";
/// A migration takes as long as it takes, also for those who wait for it.
const PATIENT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0";

/// A transaction that may write. It has the database to itself: no other
/// transaction of this or another process writes before it ends. Dropped without
/// [`commit`](Self::commit), it is undone.
#[derive(Debug)]
pub struct Transaction {
    // Before the turn: the connection is given back first.
    inner: Option<DatabaseTransaction>,
    backend: DbBackend,
    pool: Arc<Pool>,
    limit: Option<Duration>,
    /// A statement failed in a way after which the transaction may be gone. SQLite
    /// would run the next statement on its own, outside of any transaction.
    failed: AtomicBool,
    now: Timestamp,
    _turn: OwnedSemaphorePermit,
}

impl Store {
    /// Begins a transaction that may write.
    ///
    /// # Errors
    /// When the writer's turn, or the lock of another process, does not come
    /// within ten seconds, and when the database cannot be reached.
    pub async fn write(&self) -> Result<Transaction, StoreError> {
        self.begin(false).await
    }

    /// The same without limits to how long a statement takes on PostgreSQL.
    pub(super) async fn write_patiently(&self) -> Result<Transaction, StoreError> {
        self.begin(true).await
    }

    async fn begin(&self, patient: bool) -> Result<Transaction, StoreError> {
        // Semaphores of tokio are fair: turns come in the order in which they were asked for.
        let turn = tokio::time::timeout(MAX_WAIT, self.turns.clone().acquire_owned()).await;
        let turn = turn.ok().and_then(Result::ok).ok_or(StoreError::Busy)?;
        let pool = self.writer.clone();
        let begun = pool.run(POSTGRES_BEGIN, true, |connections| async move {
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            connections.begin_with_options(options).await
        });
        let inner = begun.await.inspect_err(|_| pool.set_doubt(true))?;
        pool.set_doubt(false);
        let mut tx = Transaction {
            inner: Some(inner),
            backend: pool.backend(),
            limit: pool.answer_limit().filter(|_| !patient),
            pool,
            failed: AtomicBool::new(false),
            now: self.clock.now(),
            _turn: turn,
        };
        if tx.backend == DbBackend::Postgres {
            if patient {
                tx.execute_unprepared(PATIENT).await?;
            }
            tx.execute_unprepared(WRITE_LOCK).await?;
            tx.now = self.clock.now();
        }
        Ok(tx)
    }
}

impl Transaction {
    /// When this transaction got its turn: later than everything that it reads was
    /// written, also by other processes with the same clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Makes permanent what was written.
    ///
    /// # Errors
    /// When it was not; nothing was written then. On PostgreSQL a lost connection
    /// leaves open whether it was.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let Some(inner) = self.inner.take().filter(|_| !self.has_failed()) else {
            self.pool.set_doubt(true);
            return Err(gone().into());
        };
        // SQLite accepts this BEGIN only outside of a transaction and this COMMIT only inside of one: as long as
        // no connection is used again whose last transaction ended otherwise, an accepted COMMIT has committed.
        let committed = within(self.limit, inner.commit()).await;
        Ok(committed.inspect_err(|_| self.pool.set_doubt(true))?)
    }

    /// The same transaction for sea-orm's migrations.
    pub(super) fn inner(&self) -> Result<&DatabaseTransaction, DbErr> {
        self.inner.as_ref().ok_or_else(gone)
    }

    /// Has the connection replaced after this transaction.
    pub(super) fn distrust(&self) {
        self.failed.store(true, Ordering::Release);
    }

    fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    async fn run<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        if self.has_failed() {
            return Err(gone());
        }
        let answer = within(self.limit, statement).await;
        if answer.as_ref().is_err_and(|error| !is_harmless(error)) {
            self.distrust();
        }
        answer
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.inner.is_some() && self.has_failed() {
            self.pool.set_doubt(true);
        }
    }
}

fn gone() -> DbErr {
    DbErr::Custom("an earlier statement of this transaction failed".to_owned())
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(self.inner()?.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(self.inner()?.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(self.inner()?.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(self.inner()?.query_all_raw(statement)).await
    }
}

#[cfg(test)]
mod tests;
