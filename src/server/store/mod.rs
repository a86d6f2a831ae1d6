//! The database: every query of the portal, and nothing that decides.
//!
//! SQLite gets one writer connection, whose transactions begin IMMEDIATE so
//! that they wait for the lock instead of failing half way, and several
//! readers. PostgreSQL gets the same shape: write transactions of all processes
//! follow each other.

use std::path::Path;
use std::sync::Arc;

use migration::{Migrator, MigratorTrait as _};
use sea_orm::{
    AccessMode, ConnectionTrait as _, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, Statement,
    TransactionTrait as _, sqlx,
};
use tokio::sync::Semaphore;

use super::clock::Clock;

pub mod accounts;
pub mod audit;
pub mod challenges;
#[cfg(test)]
mod cluster;
mod connections;
pub mod counters;
pub mod email_changes;
mod entity;
pub mod facts;
mod health;
pub mod holdings;
pub mod invitations;
pub mod known_devices;
pub mod mail_links;
#[cfg(test)]
mod migrated;
pub mod otps;
pub mod outbox;
pub mod overview;
pub mod passkeys;
#[cfg(test)]
mod plan;
pub mod quotas;
pub mod recoveries;
pub mod recovery_codes;
pub mod registrations;
pub mod removal;
pub mod sealed;
pub mod security_events;
pub mod sessions;
pub mod tallies;
pub mod totp;
mod transaction;
pub mod trusted_browsers;
pub mod users;
mod wal_index;
pub mod wrong_tries;

pub use connections::Reader;
pub use transaction::Transaction;

use connections::Pool;
use wal_index::{State, WalIndex};

/// Reader connections.
const READERS: u32 = 4;

/// A fault of the database. Never a person's mistake.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(#[from] DbErr),
    #[error("database: a row holds what this version cannot read: {0}")]
    Corrupt(&'static str),
    #[error("database: a newer version of this program made it ({0}): run that one, or put a backup back")]
    Newer(String),
    #[error("database: too many writes are waiting: none got its turn within 10 s")]
    Busy,
    #[error("{0}")]
    Unsupported(&'static str),
}

/// The open database. Cheap to clone; lives as long as the process.
#[derive(Clone, Debug)]
pub struct Store {
    writer: Arc<Pool>,
    reader: Arc<Reader>,
    /// The one turn to write of this process.
    turns: Arc<Semaphore>,
    clock: Clock,
    /// The last field: it is let go of after the connections.
    index: Option<Arc<WalIndex>>,
}

impl Store {
    /// Opens the database at `url`; an SQLite file is made when it is not there.
    ///
    /// # Errors
    /// When it cannot be opened or reached.
    pub async fn open(url: &str, clock: Clock) -> Result<Self, StoreError> {
        let writer = Arc::new(Pool::open(url, 1).await?);
        let reader = Arc::new(Reader(Pool::open(url, READERS).await?));
        let index = index(&reader).await?;
        Ok(Self { writer, reader, turns: Arc::new(Semaphore::new(1)), clock, index })
    }

    /// Brings the schema up to date; gives the names of the migrations that it took.
    ///
    /// # Errors
    /// When a migration fails, or a newer version's are there; the database is
    /// then as it was.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let (tx, taken) = self.migrating().await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// The same, in a transaction that is still to be committed: the schema comes
    /// with what else is done in it, or not at all. Of several processes that
    /// start at once one takes the migrations.
    ///
    /// # Errors
    /// Those of `migrate`.
    pub async fn migrating(&self) -> Result<(Transaction, Vec<String>), StoreError> {
        let tx = self.write_patiently().await?;
        let ours: Vec<String> = Migrator::migrations().iter().map(|ours| ours.name().to_owned()).collect();
        let there = Migrator::get_migration_models(tx.inner()?).await?;
        let there: Vec<String> = there.into_iter().map(|row| row.version).collect();
        if let Some(newer) = there.iter().find(|name| !ours.contains(name)) {
            return Err(StoreError::Newer(newer.clone()));
        }
        Migrator::up(tx.inner()?, None).await.inspect_err(|_| tx.distrust())?;
        Ok((tx, ours.into_iter().filter(|name| !there.contains(name)).collect()))
    }

    /// The connections that only read.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Begins to read the database as it is now, whatever is written meanwhile.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        let connections = self.reader.0.connections();
        if self.reader.0.is_sqlite() {
            return Ok(connections.begin().await?);
        }
        let reading = (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly));
        Ok(connections.begin_with_config(reading.0, reading.1).await?)
    }

    /// Writes a consistent copy of an SQLite database to `file` while it is in use,
    /// and reads the copy once.
    ///
    /// # Errors
    /// On PostgreSQL, which has its own `pg_dump`; when the file exists or cannot be
    /// written; when SQLite finds the copy damaged.
    pub async fn backup(&self, file: &str) -> Result<(), StoreError> {
        if !self.reader.0.is_sqlite() {
            return Err(StoreError::Unsupported(
                "this makes copies of SQLite files; back a PostgreSQL database up with pg_dump",
            ));
        }
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [file.into()]);
        self.reader.execute_raw(statement).await?;
        // SQLite leaves it to the system when the copy reaches the disk.
        std::fs::File::open(file).and_then(|copy| copy.sync_all()).map_err(|error| {
            tracing::error!(file, %error, "the copy may not be on the disk");
            StoreError::Corrupt("the copy could not be written to the disk")
        })?;
        check_copy(file).await
    }

    /// Writes what lies in SQLite's log into the file, as far as no reader needs
    /// it, while the writer goes on.
    ///
    /// # Errors
    /// Only faults.
    pub async fn fold_log(&self) -> Result<(), StoreError> {
        if self.reader.get_database_backend() == DbBackend::Sqlite {
            self.reader.execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)").await?;
        }
        Ok(())
    }

    /// The state of the database now: what was read after this was asked holds
    /// for as long as the answer stays the same. None where that is not known.
    fn state(&self) -> Option<State> {
        self.index.as_ref()?.state()
    }

    /// Closes all connections, so that SQLite folds its log into the file.
    ///
    /// # Errors
    /// When a connection cannot be closed in order.
    pub async fn close(self) -> Result<(), StoreError> {
        self.reader.0.close().await?;
        Ok(self.writer.close().await?)
    }
}

/// Reads an SQLite file from end to end. Nothing is written beside it.
async fn check_copy(file: &str) -> Result<(), StoreError> {
    let copy = sqlx::SqlitePool::connect_lazy_with(
        sqlx::sqlite::SqliteConnectOptions::new().filename(file).read_only(true).immutable(true),
    );
    let copy = sea_orm::SqlxSqliteConnector::from_sqlx_sqlite_pool(copy);
    let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(1)");
    let row = copy.query_one_raw(check).await?;
    let found: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    copy.close().await?;
    if found.as_deref() == Some("ok") { Ok(()) } else { Err(StoreError::Corrupt("the copy is damaged")) }
}

/// The index of an SQLite file. Without one everything works, and reads more often.
async fn index(db: &Reader) -> Result<Option<Arc<WalIndex>>, DbErr> {
    if db.get_database_backend() != DbBackend::Sqlite {
        return Ok(None);
    }
    let files = Statement::from_string(DbBackend::Sqlite, "SELECT file FROM pragma_database_list WHERE name = 'main'");
    let Some(row) = db.query_one_raw(files).await? else { return Ok(None) };
    let file: String = row.try_get_by_index(0)?;
    Ok(WalIndex::of(Path::new(&file)).ok().map(Arc::new))
}
