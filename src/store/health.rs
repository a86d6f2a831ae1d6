//! Checks that the database can be read and written.

use sea_orm::{ConnectionTrait as _, DbBackend};

use super::{Store, StoreError};

/// Makes SQLite write changed pages to its log during the transaction. By default they stay in
/// memory until the commit, and a write that is rolled back would never touch the disk.
const SMALL_CACHE: &str = "PRAGMA cache_size = 4";
/// SQLite's default: 2,000 KiB.
const DEFAULT_CACHE: &str = "PRAGMA cache_size = -2000";
/// Writes about as much as a registration does.
const WRITE_SQLITE: &str = "INSERT INTO spent_challenge (id, expires_at) VALUES (zeroblob(65536), 0)";
const WRITE_POSTGRES: &str = "INSERT INTO spent_challenge (id, expires_at) VALUES ('\\x00', 0) ON CONFLICT DO NOTHING";

impl Store {
    /// Reads from a table of this version's schema.
    ///
    /// # Errors
    /// Fails if the table cannot be read.
    pub async fn check_readable(&self) -> Result<(), StoreError> {
        let db = self.reader();
        let statement = "SELECT 1 FROM account WHERE 1 = 0";
        db.query_one_raw(sea_orm::Statement::from_string(db.get_database_backend(), statement)).await?;
        Ok(())
    }

    /// Writes to the database and rolls back.
    ///
    /// # Errors
    /// Fails if the database cannot be written: disk full, I/O error, read-only file, or a lock
    /// held by another process.
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        let tx = self.write().await?;
        if tx.get_database_backend() == DbBackend::Sqlite {
            tx.execute_unprepared(SMALL_CACHE).await?;
            let written = tx.execute_unprepared(WRITE_SQLITE).await;
            let restored = tx.execute_unprepared(DEFAULT_CACHE).await;
            written.and(restored)?;
        } else {
            tx.execute_unprepared(WRITE_POSTGRES).await?;
        }
        Ok(())
    }
}
