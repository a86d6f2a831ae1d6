//! Write transactions with a reliable commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait as _,
};

use super::connections::{MAX_WAIT, POSTGRES_BEGIN, Pool, is_harmless, within};
use super::{Store, StoreError};
use crate::domain::Timestamp;
use crate::fair_semaphore::{Permit, current_source};

/// Allows one write transaction at a time, across all processes, like IMMEDIATE does on SQLite.
/// Acquired before the first read, so that under READ COMMITTED every statement sees what earlier
/// transactions committed, and held until the transaction ends. The number is arbitrary.
const WRITE_LOCK: &str = "SELECT pg_advisory_xact_lock(5041118)";
/// Disables the timeouts: a migration can take long, and so can waiting for the migration of
/// another process.
const NO_TIMEOUTS: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0";

/// An exclusive write transaction: no other transaction of this or any other process writes before
/// it ends. Rolls back if it is dropped without [`commit`](Self::commit).
#[derive(Debug)]
pub struct Transaction {
    // Before `_permit`, so that the connection is returned first.
    inner: Option<DatabaseTransaction>,
    backend: DbBackend,
    pool: Arc<Pool>,
    limit: Option<Duration>,
    /// Whether a statement failed in a way that may have ended the transaction. SQLite would then
    /// run the next statement outside of any transaction.
    failed: AtomicBool,
    now: Timestamp,
    _permit: Permit,
}

impl Store {
    /// Begins a write transaction. The networks of waiting requests take turns.
    ///
    /// # Errors
    /// Fails if the writer permit or the lock held by another process is not available within ten
    /// seconds, or if the database cannot be reached.
    pub async fn write(&self) -> Result<Transaction, StoreError> {
        self.begin(false).await
    }

    /// Same as [`Store::write`], but without statement timeouts on PostgreSQL.
    pub(super) async fn write_without_timeouts(&self) -> Result<Transaction, StoreError> {
        self.begin(true).await
    }

    async fn begin(&self, without_timeouts: bool) -> Result<Transaction, StoreError> {
        let permit = tokio::time::timeout(MAX_WAIT, self.write_permits.acquire(&current_source())).await;
        let permit = permit.map_err(|_| StoreError::Busy)?;
        let pool = self.writer.clone();
        let begun = pool.run(POSTGRES_BEGIN, true, |connections| async move {
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            connections.begin_with_options(options).await
        });
        let inner = begun.await.inspect_err(|_| pool.set_suspect(true))?;
        pool.set_suspect(false);
        let mut tx = Transaction {
            inner: Some(inner),
            backend: pool.backend(),
            limit: pool.answer_limit().filter(|_| !without_timeouts),
            pool,
            failed: AtomicBool::new(false),
            now: self.clock.now(),
            _permit: permit,
        };
        if tx.backend == DbBackend::Postgres {
            if without_timeouts {
                tx.execute_unprepared(NO_TIMEOUTS).await?;
            }
            tx.execute_unprepared(WRITE_LOCK).await?;
            tx.now = self.clock.now();
        }
        Ok(tx)
    }
}

impl Transaction {
    /// Returns when this transaction got the write lock. Everything that it reads was written
    /// earlier, also by other processes with the same clock.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Commits the transaction.
    ///
    /// # Errors
    /// Fails if the changes were not committed. If the connection to PostgreSQL is lost, the
    /// outcome is unknown.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let Some(inner) = self.inner.take().filter(|_| !self.has_failed()) else {
            self.pool.set_suspect(true);
            return Err(failed_before().into());
        };
        // SQLite accepts BEGIN only outside of a transaction and COMMIT only inside of one. As long
        // as no connection is reused whose last transaction ended in another way, a successful
        // COMMIT has committed.
        let committed = within(self.limit, inner.commit()).await;
        Ok(committed.inspect_err(|_| self.pool.set_suspect(true))?)
    }

    /// Returns the underlying transaction for sea-orm's migrations.
    pub(super) fn inner(&self) -> Result<&DatabaseTransaction, DbErr> {
        self.inner.as_ref().ok_or_else(failed_before)
    }

    /// Makes the pool replace the connection after this transaction.
    pub(super) fn mark_failed(&self) {
        self.failed.store(true, Ordering::Release);
    }

    fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    async fn run<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        if self.has_failed() {
            return Err(failed_before());
        }
        let answer = within(self.limit, statement).await;
        if answer.as_ref().is_err_and(|error| !is_harmless(error)) {
            self.mark_failed();
        }
        answer
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.inner.is_some() && self.has_failed() {
            self.pool.set_suspect(true);
        }
    }
}

fn failed_before() -> DbErr {
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
