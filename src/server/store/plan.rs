//! How the databases mean to find what a query asks for.
//!
//! SQLite plans by the schema alone; PostgreSQL by what it has counted in the
//! tables, so there each is filled. Both are asked in one call.

use sea_orm::{ConnectionTrait as _, DbBackend, QueryTrait, Statement};
use tempfile::TempDir;

use super::{Store, cluster};

/// The steps of both plans.
#[derive(Debug)]
pub struct Plan {
    /// Of `EXPLAIN QUERY PLAN`.
    sqlite: Vec<String>,
    /// Of `EXPLAIN`; nothing where there is no PostgreSQL.
    postgres: Vec<String>,
}

impl Plan {
    /// The plans for a query that finds a few of many rows.
    pub async fn of(store: &Store, query: &impl QueryTrait) -> Self {
        Self { postgres: cluster::explain(query).await, ..Self::of_whole(store, query).await }
    }

    /// SQLite's alone, for a query that wants every row there is: PostgreSQL
    /// may then read the table as well as an index.
    pub async fn of_whole(store: &Store, query: &impl QueryTrait) -> Self {
        let query = query.build(DbBackend::Sqlite);
        let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", query.sql), ..query };
        let rows = store.reader().query_all_raw(explain).await.expect("the query is explained");
        let sqlite = rows.iter().map(|row| row.try_get("", "detail").expect("a step")).collect();
        Self { sqlite, postgres: Vec::new() }
    }

    /// Whether it takes one look into this index, with neither a scan nor a
    /// sort; PostgreSQL may look into another one.
    pub fn is_one_search_by(&self, index: &str) -> bool {
        let [step] = self.sqlite.as_slice() else { return false };
        step.starts_with("SEARCH") && step.contains(&format!("INDEX {index} ")) && !self.scans_in_postgres()
    }

    /// Whether it takes one look into an index that holds all there is to know.
    pub fn is_one_covered_search(&self) -> bool {
        let [step] = self.sqlite.as_slice() else { return false };
        step.starts_with("SEARCH") && step.contains("USING COVERING INDEX") && !self.scans_in_postgres()
    }

    /// Whether it reads no table, but may read an index from end to end.
    pub fn reads_an_index_alone(&self) -> bool {
        matches!(self.sqlite.as_slice(), [step] if step.contains("USING COVERING INDEX"))
    }

    fn scans_in_postgres(&self) -> bool {
        self.postgres.iter().any(|step| step.contains("Seq Scan"))
    }
}

/// A database of this version without a row.
pub async fn empty_store() -> (Store, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("portal.db").display());
    let store = Store::open(&url).await.expect("the database opens");
    store.migrate().await.expect("the migrations run");
    (store, folder)
}
