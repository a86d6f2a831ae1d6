//! Detects changes of an SQLite database without running a statement.
//!
//! In WAL mode every committed transaction, by any process, changes the header of the WAL index, a
//! file next to the database whose name ends with `-shm` (<https://www.sqlite.org/walformat.html>,
//! section 2.1). SQLite itself compares that header with its copy to decide whether its cached
//! pages are still valid. Reading the header takes one read of 96 bytes from the page cache,
//! whereas a statement has to go through the thread of a connection.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;

/// The size of the header in bytes. The file begins with two copies of it, so that a reader can
/// detect a write in progress: the copies differ.
const HEADER: usize = 48;
/// The byte of the header that tells whether it is initialized.
const IS_INITIALIZED: usize = 12;

/// A state of the database. Two equal values are the same state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State([u8; HEADER]);

/// The WAL index of an open database.
///
/// Closing a file releases all locks that the process holds on it
/// (<https://www.sqlite.org/howtocorrupt.html>, section 2.2), so this must be dropped after the
/// connections.
#[derive(Debug)]
pub struct WalIndex(File);

impl WalIndex {
    /// Opens the WAL index of a database file.
    ///
    /// # Errors
    /// Fails if no connection to the database is open in WAL mode, or if the file cannot be read.
    pub fn of(database: &Path) -> io::Result<Self> {
        let mut name = database.as_os_str().to_owned();
        name.push("-shm");
        File::open(name).map(Self)
    }

    /// Returns the current state of the database. `None` while it changes, and if SQLite uses
    /// another index file by now.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        let mut twice = [0; 2 * HEADER];
        self.0.read_exact_at(&mut twice, 0).ok()?;
        let (first, second) = twice.split_at(HEADER);
        let in_use = self.0.metadata().ok()?.nlink() > 0;
        let whole = first == second && first.get(IS_INITIALIZED) == Some(&1);
        (in_use && whole).then(|| first.try_into().ok().map(State)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

    use super::*;
    use crate::clock::Clock;
    use crate::store::Store;

    struct Scene {
        folder: tempfile::TempDir,
        store: Store,
        index: WalIndex,
    }

    async fn scene() -> Scene {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = open(&folder).await;
        store.writer.connections().execute_unprepared("CREATE TABLE t (x)").await.expect("the table is created");
        let index = WalIndex::of(&folder.path().join("t.db")).expect("the index opens");
        Scene { folder, store, index }
    }

    async fn open(folder: &tempfile::TempDir) -> Store {
        Store::open(&format!("sqlite://{}", folder.path().join("t.db").display()), Clock::System)
            .await
            .expect("the database opens")
    }

    #[tokio::test]
    async fn every_commit_creates_a_new_state_and_nothing_else_does() {
        let Scene { folder, store, index } = scene().await;
        let mut states = vec![index.state().expect("a state")];
        for _ in 0..50 {
            store.writer.connections().execute_unprepared("INSERT INTO t VALUES (1)").await.expect("a row is inserted");
            states.push(index.state().expect("a state"));
        }
        // A second store on the same database, like another process.
        let other = open(&folder).await;
        let before = index.state();
        other.writer.connections().execute_unprepared("INSERT INTO t VALUES (2)").await.expect("a row is inserted");
        states.push(index.state().expect("a state"));
        assert_ne!(index.state(), before);
        let different = states.iter().enumerate().all(|(i, one)| !states[..i].contains(one));
        assert!(different, "two states are equal");

        store
            .reader
            .query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT * FROM t"))
            .await
            .expect("a row is read");
        let rolled_back = store.writer.connections().begin().await.expect("the transaction begins");
        rolled_back.execute_unprepared("INSERT INTO t VALUES (3)").await.expect("a row is inserted");
        rolled_back.rollback().await.expect("it rolls back");
        assert_eq!(index.state(), states.last().copied());
    }

    #[tokio::test]
    async fn checkpoints_do_not_hide_commits() {
        let Scene { folder: _folder, store, index } = scene().await;
        let mut states = vec![index.state().expect("a state")];
        for _ in 0..20 {
            store.checkpoint().await.expect("the checkpoint succeeds");
            store.writer.connections().execute_unprepared("INSERT INTO t VALUES (1)").await.expect("a row is inserted");
            states.push(index.state().expect("a state"));
        }
        let different = states.iter().enumerate().all(|(i, one)| !states[..i].contains(one));
        assert!(different, "two states are equal");
    }

    #[tokio::test]
    async fn a_missing_or_partly_written_index_has_no_state() {
        let Scene { folder, store, index } = scene().await;
        store.close().await.expect("the database closes");
        assert!(!folder.path().join("t.db-shm").exists(), "the last connection deletes the index");
        assert_eq!(index.state(), None);

        let database = folder.path().join("database");
        let mut bytes = [7; 2 * HEADER];
        bytes[IS_INITIALIZED] = 1;
        bytes[HEADER + IS_INITIALIZED] = 1;
        let state = |bytes: &[u8]| {
            fs::write(database.with_file_name("database-shm"), bytes).expect("the file is written");
            WalIndex::of(&database).expect("the index opens").state()
        };
        assert!(state(&bytes).is_some());
        assert_eq!(state(&bytes[1..]), None, "too short");
        bytes[HEADER + 20] = 8;
        assert_eq!(state(&bytes), None, "the copies differ");
        assert_eq!(state(&[0; 2 * HEADER]), None, "not initialized");
    }
}
