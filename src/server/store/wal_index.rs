//! Whether anything was written to an SQLite database since, without a question
//! to SQLite.
//!
//! In WAL mode every transaction that is committed, by whatever process, changes
//! the header of the index beside the database, the file whose name ends with
//! `-shm` (<https://www.sqlite.org/walformat.html>, section 2.1). SQLite itself
//! compares that header with its copy to learn whether the pages that it holds
//! in memory are still those of the database. It takes one read of 96 octets
//! from the page cache, where a statement costs the way to a connection's thread
//! and back.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;

/// The header stands twice at the beginning of the file, so that who reads it
/// while it is written sees two that differ.
const HEADER: usize = 48;
/// The octet of the header that tells whether it was filled in.
const IS_INITIAL: usize = 12;

/// A state of the database: two that are equal are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State([u8; HEADER]);

/// The index of a database that is open.
///
/// To close a file takes away every lock that its process has on it
/// (<https://www.sqlite.org/howtocorrupt.html>, section 2.2): this must outlive
/// the connections.
#[derive(Debug)]
pub struct WalIndex(File);

impl WalIndex {
    /// The index beside the database's file.
    ///
    /// # Errors
    /// When no connection to the database is open in WAL mode, and when it may not be read.
    pub fn of(database: &Path) -> io::Result<Self> {
        let mut name = database.as_os_str().to_owned();
        name.push("-shm");
        File::open(name).map(Self)
    }

    /// The state of the database now. None while it changes, and when the index
    /// is no longer the one that SQLite uses.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        let mut twice = [0; 2 * HEADER];
        self.0.read_exact_at(&mut twice, 0).ok()?;
        let (first, second) = twice.split_at(HEADER);
        let in_use = self.0.metadata().ok()?.nlink() > 0;
        let whole = first == second && first.get(IS_INITIAL) == Some(&1);
        (in_use && whole).then(|| first.try_into().ok().map(State)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

    use super::*;
    use crate::server::clock::Clock;
    use crate::server::store::Store;

    struct Scene {
        folder: tempfile::TempDir,
        store: Store,
        index: WalIndex,
    }

    async fn scene() -> Scene {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(&folder).await;
        store.writer.connections().execute_unprepared("CREATE TABLE t (x)").await.expect("a table");
        let index = WalIndex::of(&folder.path().join("t.db")).expect("an index");
        Scene { folder, store, index }
    }

    async fn open(folder: &tempfile::TempDir) -> Store {
        Store::open(&format!("sqlite://{}", folder.path().join("t.db").display()), Clock::System)
            .await
            .expect("a database")
    }

    #[tokio::test]
    async fn every_commit_makes_a_new_state_and_nothing_else_does() {
        let Scene { folder, store, index } = scene().await;
        let mut states = vec![index.state().expect("a state")];
        for _ in 0..50 {
            store.writer.connections().execute_unprepared("INSERT INTO t VALUES (1)").await.expect("a row");
            states.push(index.state().expect("a state"));
        }
        // Another one who opened the database, as another process would.
        let other = open(&folder).await;
        let before = index.state();
        other.writer.connections().execute_unprepared("INSERT INTO t VALUES (2)").await.expect("a row");
        states.push(index.state().expect("a state"));
        assert_ne!(index.state(), before);
        let different = states.iter().enumerate().all(|(i, one)| !states[..i].contains(one));
        assert!(different, "two states are taken for one");

        store
            .reader
            .query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT * FROM t"))
            .await
            .expect("a row");
        let undone = store.writer.connections().begin().await.expect("begins");
        undone.execute_unprepared("INSERT INTO t VALUES (3)").await.expect("a row");
        undone.rollback().await.expect("is undone");
        assert_eq!(index.state(), states.last().copied());
    }

    #[tokio::test]
    async fn folding_the_log_loses_no_commit() {
        let Scene { folder: _folder, store, index } = scene().await;
        let mut states = vec![index.state().expect("a state")];
        for _ in 0..20 {
            store.fold_log().await.expect("folds");
            store.writer.connections().execute_unprepared("INSERT INTO t VALUES (1)").await.expect("a row");
            states.push(index.state().expect("a state"));
        }
        let different = states.iter().enumerate().all(|(i, one)| !states[..i].contains(one));
        assert!(different, "two states are taken for one");
    }

    #[tokio::test]
    async fn an_index_that_is_gone_or_half_written_has_no_state() {
        let Scene { folder, store, index } = scene().await;
        store.close().await.expect("closes");
        assert!(!folder.path().join("t.db-shm").exists(), "the last connection removes the index");
        assert_eq!(index.state(), None);

        let made = folder.path().join("made");
        let mut octets = [7; 2 * HEADER];
        octets[IS_INITIAL] = 1;
        octets[HEADER + IS_INITIAL] = 1;
        let state = |octets: &[u8]| {
            fs::write(made.with_file_name("made-shm"), octets).expect("a file");
            WalIndex::of(&made).expect("an index").state()
        };
        assert!(state(&octets).is_some());
        assert_eq!(state(&octets[1..]), None, "too short");
        octets[HEADER + 20] = 8;
        assert_eq!(state(&octets), None, "the halves differ");
        assert_eq!(state(&[0; 2 * HEADER]), None, "not filled in");
    }
}
