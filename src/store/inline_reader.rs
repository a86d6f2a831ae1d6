//! SQLite queries on the thread of the request.
//!
//! sqlx runs every query on the thread of its connection. Waking that thread, and then the request's own, takes several
//! times as long as finding a session by its key, which every page of a signed-in user does. The connections here run
//! the query at once. They never wait for a lock: the caller then uses the pool, which does.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row};

/// Connections to one SQLite database for queries that find one row by its key. Because each query runs to its end on
/// its thread, there are at most as many as the runtime has threads.
pub(super) struct InlineReader {
    path: PathBuf,
    /// `None` once closed.
    idle: Mutex<Option<Vec<Connection>>>,
}

impl fmt::Debug for InlineReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InlineReader").field("path", &self.path).finish_non_exhaustive()
    }
}

impl InlineReader {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::new(Some(Vec::new())) }
    }

    /// Returns what `read` makes of the row, or `None` if there is no row.
    ///
    /// # Errors
    /// Fails if the database is locked or cannot be read, or if `read` fails. The connection is then closed.
    pub(super) fn find<T>(
        &self,
        sql: &str,
        key: &[u8],
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let idle = self.with_idle(Vec::pop).flatten();
        let connection = idle.map_or_else(|| self.open(), Ok)?;
        let found = connection.prepare_cached(sql)?.query_row([key], read).optional()?;
        self.with_idle(|idle| idle.push(connection));
        Ok(found)
    }

    /// Closes the idle connections, and each of the others after its query.
    pub(super) fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::ZERO)?;
        // Opened for writing, because reading the WAL needs it.
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    fn with_idle<T>(&self, run: impl FnOnce(&mut Vec<Connection>) -> T) -> Option<T> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(run)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::InlineReader;
    use crate::clock::Clock;

    const FIND: &str = "SELECT text FROM row WHERE key = ?";

    /// Creates a database with a row for the key `[1]`.
    fn database() -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.db");
        let row = "CREATE TABLE row (key BLOB PRIMARY KEY, text TEXT); INSERT INTO row VALUES (x'01', 'found')";
        Connection::open(&path).expect("a database").execute_batch(row).expect("a row");
        (folder, path)
    }

    fn find(reader: &InlineReader, sql: &str, key: u8) -> rusqlite::Result<Option<String>> {
        reader.find(sql, &[key], |row| row.get("text"))
    }

    fn idle(reader: &InlineReader) -> Option<usize> {
        reader.with_idle(|idle| idle.len())
    }

    #[test]
    fn only_a_connection_whose_query_succeeded_is_used_again() {
        let (_folder, path) = database();
        let reader = InlineReader::new(path);
        for _ in 0..2 {
            assert_eq!(find(&reader, FIND, 1), Ok(Some("found".to_owned())));
            assert_eq!(idle(&reader), Some(1));
        }
        assert_eq!(find(&reader, FIND, 2), Ok(None));
        assert_eq!(idle(&reader), Some(1), "no row is not a failure");
        find(&reader, "SELECT text FROM missing WHERE key = ?", 1).expect_err("no such table");
        assert_eq!(idle(&reader), Some(0), "its query failed");
        reader.find(FIND, &[1], |row| row.get::<_, i64>("text")).expect_err("not a number");
        assert_eq!(idle(&reader), Some(0));
        find(&reader, FIND, 1).expect("a new connection");
        reader.close();
        assert_eq!(idle(&reader), None);
        find(&reader, FIND, 1).expect("a connection for one query");
        assert_eq!(idle(&reader), None);
    }

    #[test]
    fn it_does_not_wait_for_a_lock() {
        let (_folder, path) = database();
        let reader = InlineReader::new(path.clone());
        find(&reader, FIND, 1).expect("a row");
        let other = Connection::open(path).expect("a connection");
        other.execute_batch("BEGIN EXCLUSIVE").expect("a lock");
        let start = Clock::System.now();
        let error = find(&reader, FIND, 1).expect_err("locked");
        assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy));
        assert!(Clock::System.now().since(start).as_secs() < 1);
        other.execute_batch("COMMIT").expect("no lock");
        find(&reader, FIND, 1).expect("a row");
    }

    #[test]
    fn it_cannot_write() {
        let (_folder, path) = database();
        let reader = InlineReader::new(path);
        find(&reader, "UPDATE row SET text = 'changed' WHERE key = ? RETURNING text", 1).expect_err("only reads");
        assert_eq!(find(&reader, FIND, 1), Ok(Some("found".to_owned())));
    }

    #[test]
    fn a_missing_database_is_not_created() {
        let (_folder, path) = database();
        let missing = path.with_file_name("missing.db");
        find(&InlineReader::new(missing.clone()), FIND, 1).expect_err("there is no database");
        assert!(!missing.exists());
    }
}
