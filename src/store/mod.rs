//! The database layer: every query of the portal, and no business rules.
//!
//! SQLite gets one writer connection and several readers. Write transactions begin IMMEDIATE, so
//! they wait for the lock up front instead of failing halfway. PostgreSQL is used in the same way:
//! write transactions run one at a time, across all processes.

use std::sync::Arc;

use migration::{Migrator, MigratorTrait as _};
use sea_orm::{
    AccessMode, ConnectionTrait as _, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, Statement,
    TransactionTrait as _, sqlx,
};

use super::clock::Clock;
use super::fair_semaphore::FairSemaphore;

pub mod account_deletion;
pub mod account_export;
pub mod accounts;
pub mod attempts;
pub mod audit;
mod batch;
mod connections;
mod cursor;
pub mod database_info;
pub mod email_changes;
pub mod email_verifications;
pub mod encrypted_columns;
mod entity;
mod health;
pub mod hourly_counters;
mod inline_reader;
pub mod invitations;
pub mod known_devices;
pub mod lineage;
pub mod mail_links;
#[cfg(test)]
mod migrations;
pub mod otps;
pub mod outbox;
pub mod overview;
pub mod passkeys;
#[cfg(test)]
mod postgres;
pub mod postgres_tls;
#[cfg(test)]
mod query_plan;
pub mod recovery_codes;
pub mod security_events;
pub mod sessions;
pub mod spent_challenges;
pub mod totp;
mod transaction;
pub mod trusted_browsers;
pub mod users;
mod values;

pub use connections::Reader;
pub use cursor::Cursor;
pub use transaction::Transaction;

use connections::Pool;

/// The most connections for reading in transactions, and on SQLite as many again for single queries.
const READERS: u32 = 4;

/// An internal database error, never a mistake of the user.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(#[from] DbErr),
    #[error("database: a row contains a value that this version cannot read: {0}")]
    Corrupt(&'static str),
    #[error("backup: {0}")]
    Backup(&'static str),
    #[error("database: it has the schema of a newer version ({0}): run that version, or restore a backup")]
    Newer(String),
    #[error("database: timed out after 10 s while waiting to write")]
    Busy,
    #[error("database: {0}")]
    Unreachable(String),
    #[error("{0}")]
    Unsupported(&'static str),
}

/// An open database. Cheap to clone; lives as long as the process.
#[derive(Clone, Debug)]
pub struct Store {
    writer: Arc<Pool>,
    reader: Arc<Reader>,
    /// The permits to write. This process has only one.
    write_permits: FairSemaphore,
    clock: Clock,
}

impl Store {
    /// Opens the database at `url`. Creates the file of an SQLite database if it does not exist.
    ///
    /// # Errors
    /// Fails if the database cannot be opened or reached.
    pub async fn open(url: &str, clock: Clock) -> Result<Self, StoreError> {
        let writer = match Pool::open(url, 1).await {
            Ok(pool) => Arc::new(pool),
            Err(error) => return Err(connections::refusal(url).await.map_or(error.into(), StoreError::Unreachable)),
        };
        let reader = Arc::new(Reader::new(Pool::open(url, READERS).await?));
        Ok(Self { writer, reader, write_permits: FairSemaphore::new(1), clock })
    }

    /// Brings the schema up to date and returns the names of the migrations that were applied.
    ///
    /// # Errors
    /// Fails if a migration fails, or if the database has migrations of a newer version. The
    /// database is then unchanged.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let (tx, applied) = self.begin_migrated().await?;
        tx.commit().await?;
        Ok(applied)
    }

    /// Same as [`Store::migrate`], but returns the transaction, so that the caller can make further
    /// changes and commit it. If several processes start at once, only one of them applies the
    /// migrations.
    ///
    /// # Errors
    /// Those of [`Store::migrate`].
    pub async fn begin_migrated(&self) -> Result<(Transaction, Vec<String>), StoreError> {
        let tx = self.write_without_timeouts().await?;
        let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        let applied = Migrator::get_migration_models(tx.inner()?).await?;
        let applied: Vec<String> = applied.into_iter().map(|row| row.version).collect();
        if let Some(newer) = applied.iter().find(|name| !known.contains(name)) {
            return Err(StoreError::Newer(newer.clone()));
        }
        Migrator::up(tx.inner()?, None).await.inspect_err(|_| tx.mark_failed())?;
        Ok((tx, known.into_iter().filter(|name| !applied.contains(name)).collect()))
    }

    /// Returns the read-only connections.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Begins a read transaction that keeps seeing the database as it is now.
    ///
    /// # Errors
    /// Fails if the database cannot be reached.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        let begun = self.reader.pool.run(connections::POSTGRES_BEGIN, true, |connections| async move {
            if connections.get_database_backend() == DbBackend::Sqlite {
                return connections.begin().await;
            }
            connections.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await
        });
        Ok(begun.await?)
    }

    /// Writes a consistent copy of an SQLite database to `file` while it is in use, and verifies
    /// the copy.
    ///
    /// # Errors
    /// Fails on PostgreSQL, which has its own `pg_dump`; if the file exists or cannot be written;
    /// and if SQLite finds the copy damaged.
    pub async fn backup(&self, file: &str) -> Result<(), StoreError> {
        if !self.reader.pool.is_sqlite() {
            return Err(StoreError::Unsupported(
                "this command only backs up SQLite databases; use pg_dump for PostgreSQL",
            ));
        }
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [file.into()]);
        self.reader.execute_raw(statement).await?;
        // SQLite does not sync the copy to disk.
        std::fs::File::open(file).and_then(|copy| copy.sync_all()).map_err(|error| {
            tracing::error!(file, %error, "syncing the copy to disk failed");
            StoreError::Backup("the copy could not be written to disk; delete the file and try again")
        })?;
        check_copy(file).await
    }

    /// Copies SQLite's write-ahead log into the database file as far as no reader needs it, without
    /// blocking the writer.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        if self.reader.get_database_backend() == DbBackend::Sqlite {
            self.reader.execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)").await?;
        }
        Ok(())
    }

    /// Closes all connections, which makes SQLite copy its write-ahead log into the database file.
    ///
    /// # Errors
    /// Fails if a connection cannot be closed cleanly.
    pub async fn close(self) -> Result<(), StoreError> {
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }
}

/// Checks an entire SQLite file without writing anything next to it.
async fn check_copy(file: &str) -> Result<(), StoreError> {
    let copy = sqlx::SqlitePool::connect_lazy_with(
        sqlx::sqlite::SqliteConnectOptions::new().filename(file).read_only(true).immutable(true),
    );
    let copy = sea_orm::SqlxSqliteConnector::from_sqlx_sqlite_pool(copy);
    let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(1)");
    let row = copy.query_one_raw(check).await?;
    let found: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    copy.close().await?;
    let is_intact = found.as_deref() == Some("ok");
    if is_intact { Ok(()) } else { Err(StoreError::Backup("the copy is damaged; delete the file and try again")) }
}
