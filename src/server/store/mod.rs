//! The database: every query of the portal, and nothing that decides.
//!
//! SQLite gets one writer connection, whose transactions begin IMMEDIATE so
//! that they wait for the lock instead of failing half way, and several
//! readers. PostgreSQL gets the same shape: writes of one process never race.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use migration::{Migrator, MigratorTrait as _};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, IsolationLevel, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _,
};

pub mod accounts;
pub mod audit;
pub mod challenges;
#[cfg(test)]
mod cluster;
pub mod counters;
pub mod email_changes;
mod entity;
pub mod facts;
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
pub mod trusted_browsers;
pub mod users;
mod wal_index;
pub mod wrong_tries;

use wal_index::{State, WalIndex};

/// Reader connections.
const READERS: u32 = 4;
/// How long a writer waits for its turn, and for a lock that somebody outside
/// the process holds.
const WAIT: Duration = Duration::from_secs(10);
/// Held until the end of the transaction; on SQLite its writer's turn does the
/// same. The number means nothing beyond this program.
const MIGRATING: &str = "SELECT pg_advisory_xact_lock(5041117)";

/// A fault of the database. Never a person's mistake.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(#[from] DbErr),
    #[error("database: a row holds what this version cannot read: {0}")]
    Corrupt(&'static str),
    #[error("database: a newer version of this program made it ({0}): run that one, or put a backup back")]
    Newer(String),
    #[error("{0}")]
    Unsupported(&'static str),
}

/// The open database. Cheap to clone; lives as long as the process.
#[derive(Clone, Debug)]
pub struct Store {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    /// The last field: it is let go of after the connections.
    index: Option<Arc<WalIndex>>,
}

impl Store {
    /// Opens the database at `url`; an SQLite file is made when it is not there.
    ///
    /// # Errors
    /// When it cannot be opened or reached.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let writer = Database::connect(options(url, 1)).await?;
        let reader = Database::connect(options(url, READERS)).await?;
        let index = index(&reader).await?;
        Ok(Self { writer, reader, index })
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
    pub async fn migrating(&self) -> Result<(DatabaseTransaction, Vec<String>), StoreError> {
        let tx = self.write().await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared(MIGRATING).await?;
        }
        let ours: Vec<String> = Migrator::migrations().iter().map(|ours| ours.name().to_owned()).collect();
        let there = Migrator::get_migration_models(&tx).await?;
        let there: Vec<String> = there.into_iter().map(|row| row.version).collect();
        if let Some(newer) = there.iter().find(|name| !ours.contains(name)) {
            return Err(StoreError::Newer(newer.clone()));
        }
        Migrator::up(&tx, None).await?;
        Ok((tx, ours.into_iter().filter(|name| !there.contains(name)).collect()))
    }

    /// Whether the database answers, and holds the schema of this version.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.reader.execute_unprepared("SELECT 1 FROM account WHERE 1 = 0").await?;
        Ok(())
    }

    /// The connections that only read.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a transaction that may write; dropped without `commit`, it is undone.
    ///
    /// # Errors
    /// When the writer's turn does not come within ten seconds.
    pub async fn write(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// Begins to read the database as it is now, whatever is written meanwhile.
    ///
    /// # Errors
    /// Only faults.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        if self.reader.get_database_backend() == DbBackend::Sqlite {
            return Ok(self.reader.begin().await?);
        }
        let reading = (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly));
        Ok(self.reader.begin_with_config(reading.0, reading.1).await?)
    }

    /// Writes a consistent copy of an SQLite database to `file` while it is in use.
    ///
    /// # Errors
    /// On PostgreSQL, which has its own `pg_dump`, and when the file exists or cannot be written.
    pub async fn backup(&self, file: &str) -> Result<(), StoreError> {
        if self.reader.get_database_backend() != DbBackend::Sqlite {
            return Err(StoreError::Unsupported(
                "this makes copies of SQLite files; back a PostgreSQL database up with pg_dump",
            ));
        }
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [file.into()]);
        self.reader.execute_raw(statement).await?;
        Ok(())
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
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }
}

/// The index of an SQLite file. Without one everything works, and reads more often.
async fn index(db: &DatabaseConnection) -> Result<Option<Arc<WalIndex>>, DbErr> {
    if db.get_database_backend() != DbBackend::Sqlite {
        return Ok(None);
    }
    let files = Statement::from_string(DbBackend::Sqlite, "SELECT file FROM pragma_database_list WHERE name = 'main'");
    let Some(row) = db.query_one_raw(files).await? else { return Ok(None) };
    let file: String = row.try_get_by_index(0)?;
    Ok(WalIndex::of(Path::new(&file)).ok().map(Arc::new))
}

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL: what was acknowledged survives a power cut, not only a crash.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(WAIT)
        });
    options
}
