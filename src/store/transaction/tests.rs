//! Tests of failed transactions: after each kind of failure, the next transaction commits.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, Statement};
use tempfile::TempDir;

use super::Transaction;
use crate::clock::Clock;
use crate::store::{Store, StoreError};

/// A store with a table `t`, and another store on the same file: what it reads was committed.
struct Scene {
    store: Store,
    other: Store,
    _folder: TempDir,
}

async fn scene() -> Scene {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("t.db").display());
    let store = Store::open(&url, Clock::System).await.expect("a database");
    let tx = store.write().await.expect("a transaction");
    tx.execute_unprepared("CREATE TABLE t (x INTEGER UNIQUE, data BLOB)").await.expect("a table");
    tx.commit().await.expect("a commit");
    let other = Store::open(&url, Clock::System).await.expect("the database");
    Scene { store, other, _folder: folder }
}

impl Scene {
    async fn add(&self, x: u32) -> Result<(), StoreError> {
        let tx = self.store.write().await?;
        insert(&tx, x).await?;
        tx.commit().await
    }

    /// The committed rows, in order.
    async fn rows(&self) -> Vec<i32> {
        let db = self.other.reader();
        let query = Statement::from_string(db.get_database_backend(), "SELECT x FROM t ORDER BY x");
        let rows = db.query_all_raw(query).await.expect("rows");
        rows.iter().map(|row| row.try_get_by_index(0).expect("a number")).collect()
    }

    /// Asserts that a row can be committed and that no lock is left behind.
    async fn assert_writable(&self, x: u32) {
        self.add(x).await.unwrap_or_else(|error| panic!("{x}: {error}"));
        assert!(self.rows().await.contains(&i32::try_from(x).expect("small")), "{x} was committed but is missing");
        let other = tokio::time::timeout(Duration::from_secs(2), self.other.write()).await;
        drop(other.expect("no lock is left").expect("a transaction"));
    }
}

async fn insert(tx: &Transaction, x: u32) -> Result<(), StoreError> {
    tx.execute_unprepared(&format!("INSERT INTO t (x) VALUES ({x})")).await?;
    Ok(())
}

/// Makes the next statement that needs a new page fail as on a full disk.
async fn fill(tx: &Transaction) {
    tx.execute_unprepared("PRAGMA max_page_count = 1").await.expect("a limit");
}

const BIG: &str = "INSERT INTO t (data) VALUES (zeroblob(100000))";

#[tokio::test]
async fn a_full_disk_rolls_back_only_the_current_transaction() {
    let scene = scene().await;
    for round in 1..=3 {
        let tx = scene.store.write().await.expect("a transaction");
        fill(&tx).await;
        insert(&tx, 100 + round).await.expect("a row on a page that is there");
        tx.execute_unprepared(BIG).await.expect_err("the disk is full");
        // SQLite has rolled back by itself: this would be committed on its own.
        insert(&tx, 200 + round).await.expect_err("the transaction is gone");
        tx.commit().await.expect_err("nothing can be committed");
        scene.assert_writable(round).await;
    }
    assert_eq!(scene.rows().await, [1, 2, 3]);
}

#[tokio::test]
async fn a_dropped_failed_transaction_leaves_no_rows_and_no_lock() {
    let scene = scene().await;
    for round in 1..=3 {
        let tx = scene.store.write().await.expect("a transaction");
        fill(&tx).await;
        tx.execute_unprepared(BIG).await.expect_err("the disk is full");
        drop(tx);
        scene.assert_writable(round).await;
    }
    assert_eq!(scene.rows().await, [1, 2, 3]);
}

#[tokio::test]
async fn commit_fails_after_a_rollback_that_reported_no_error() {
    let scene = scene().await;
    let tx = scene.store.write().await.expect("a transaction");
    insert(&tx, 7).await.expect("a row");
    tx.execute_unprepared("ROLLBACK").await.expect("the rollback, which sqlx does not notice");
    tx.commit().await.expect_err("there is nothing to commit");
    scene.assert_writable(1).await;
    assert_eq!(scene.rows().await, [1]);
}

#[tokio::test]
async fn a_connection_that_was_left_inside_a_transaction_is_replaced() {
    let scene = scene().await;
    let stray = scene.store.writer.connections();
    stray.execute_unprepared("BEGIN IMMEDIATE").await.expect("a transaction that sqlx does not track");
    scene.store.write().await.expect_err("SQLite does not begin a transaction inside of another");
    scene.assert_writable(1).await;
}

#[tokio::test]
async fn a_constraint_violation_does_not_replace_the_connection() {
    let scene = scene().await;
    let tx = scene.store.write().await.expect("a transaction");
    tx.execute_unprepared("CREATE TEMP TABLE mark (x)").await.expect("a mark on the connection");
    insert(&tx, 1).await.expect("a row");
    insert(&tx, 1).await.expect_err("it is there already");
    insert(&tx, 2).await.expect("the transaction goes on");
    tx.commit().await.expect("a commit");
    assert_eq!(scene.rows().await, [1, 2]);
    let tx = scene.store.write().await.expect("a transaction");
    tx.execute_unprepared("INSERT INTO mark VALUES (1)").await.expect("the connection is the same");
}

#[tokio::test]
async fn canceling_a_caller_at_any_point_loses_no_committed_row() {
    let scene = scene().await;
    let mut committed = Vec::new();
    for round in 0..200 {
        // In tens of microseconds: from before BEGIN to after COMMIT.
        let patience = Duration::from_micros(u64::from(round) * 10);
        if tokio::time::timeout(patience, scene.add(1_000 + round)).await.is_ok_and(|done| done.is_ok()) {
            committed.push(i32::try_from(1_000 + round).expect("small"));
        }
    }
    scene.assert_writable(1).await;
    let rows = scene.rows().await;
    assert!(committed.iter().all(|x| rows.contains(x)), "acknowledged {committed:?}, found {rows:?}");
    assert!(committed.len() < 200, "some were cut off");
}

#[tokio::test]
async fn a_panic_rolls_its_transaction_back() {
    let scene = scene().await;
    let store = scene.store.clone();
    let panicked = tokio::spawn(async move {
        let tx = store.write().await.expect("a transaction");
        insert(&tx, 7).await.expect("a row");
        panic!("a mistake of ours");
    });
    assert!(panicked.await.expect_err("it panics").is_panic());
    scene.assert_writable(1).await;
    assert_eq!(scene.rows().await, [1]);
}

#[tokio::test]
async fn after_a_failed_snapshot_readers_see_later_commits() {
    let scene = scene().await;
    // Once per reader connection, so that each of them has had a failed snapshot.
    for _ in 0..super::super::READERS {
        let snapshot = scene.store.snapshot().await.expect("a snapshot");
        snapshot.execute_unprepared("ROLLBACK").await.expect("as SQLite does after an I/O error");
        drop(snapshot);
        let again = scene.store.snapshot().await.expect("a snapshot");
        again.execute_unprepared("SELECT COUNT(*) FROM t").await.expect("it reads");
    }
    scene.add(1).await.expect("a row");
    let query = || Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT COUNT(*) FROM t");
    for _ in 0..2 * super::super::READERS {
        let row = scene.store.reader().query_one_raw(query()).await.expect("it is read").expect("a row");
        assert_eq!(row.try_get_by_index::<i32>(0).expect("a number"), 1);
    }
}

#[tokio::test]
async fn the_write_check_writes_to_disk_and_stores_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("t.db");
    let store = Store::open(&format!("sqlite://{}", file.display()), Clock::System).await.expect("a database");
    store.migrate().await.expect("a schema");
    store.checkpoint_whole().await;
    let length = || std::fs::metadata(folder.path().join("t.db-wal")).expect("a log").len();
    let before = length();
    store.check_writable().await.expect("it can be written");
    assert!(length() > before + 40_000, "pages were written: {before}, {}", length());
    let tx = store.write().await.expect("a transaction");
    let count = Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT COUNT(*) FROM spent_challenge");
    let row = tx.query_one_raw(count).await.expect("it is read").expect("a row");
    assert_eq!(row.try_get_by_index::<i32>(0).expect("a number"), 0);
    fill(&tx).await;
    tx.commit().await.expect("a commit");
    store.check_writable().await.expect_err("the disk is full");
    store.check_writable().await.expect("a new connection, and there is room again");
}

impl Store {
    /// Truncates SQLite's log, so that its length shows what is written afterwards.
    async fn checkpoint_whole(&self) {
        let db = self.writer.connections();
        db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("a checkpoint");
    }
}
