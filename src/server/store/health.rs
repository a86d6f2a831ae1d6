//! Whether the database can be read and written.

use sea_orm::{ConnectionTrait as _, DbBackend};

use super::{Store, StoreError};

/// Makes SQLite put changed pages into its log while the transaction goes on. It
/// would otherwise keep them in memory until the commit, and undoing the write
/// would never have touched the disk.
const SPILL: &str = "PRAGMA cache_size = 4";
/// What SQLite has by default: 2,000 KiB.
const KEEP: &str = "PRAGMA cache_size = -2000";
/// About as much as a registration writes.
const WRITE_SQLITE: &str = "INSERT INTO quota (key, full_at) VALUES (zeroblob(65536), 0)";
const WRITE_POSTGRES: &str = "INSERT INTO quota (key, full_at) VALUES ('\\x00', 0) ON CONFLICT DO NOTHING";

impl Store {
    /// Reads from the database, and from a table of this version's schema.
    ///
    /// # Errors
    /// When that fails.
    pub async fn check_readable(&self) -> Result<(), StoreError> {
        let db = self.reader();
        let statement = "SELECT 1 FROM account WHERE 1 = 0";
        db.query_one_raw(sea_orm::Statement::from_string(db.get_database_backend(), statement)).await?;
        Ok(())
    }

    /// Writes to the database, and takes it back.
    ///
    /// # Errors
    /// When that fails: a full disk, an I/O error, a read-only file, a lock that
    /// another process does not give back.
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        let tx = self.write().await?;
        if tx.get_database_backend() == DbBackend::Sqlite {
            tx.execute_unprepared(SPILL).await?;
            let written = tx.execute_unprepared(WRITE_SQLITE).await;
            let kept = tx.execute_unprepared(KEEP).await;
            written.and(kept)?;
        } else {
            tx.execute_unprepared(WRITE_POSTGRES).await?;
        }
        Ok(())
    }
}
