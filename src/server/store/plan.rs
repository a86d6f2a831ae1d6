//! How the databases mean to find what a query asks for.
//!
//! SQLite plans by the schema alone; PostgreSQL by what it has counted in the
//! tables, so there each is filled. Both are asked in one call.

use sea_orm::{ConnectionTrait as _, DbBackend, QueryTrait, Statement};
use tempfile::TempDir;

use super::{Store, cluster};
use crate::server::clock::Clock;

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

    /// Whether it finds what it gives by these indexes, in the order in which it
    /// gives it: nothing is read through, and nothing sorted.
    pub fn is_searches_by(&self, indexes: &[&str]) -> bool {
        let searched = |index: &&str| {
            let name = format!(" INDEX {index} ");
            self.sqlite.iter().any(|step| step.starts_with("SEARCH") && step.contains(&name))
        };
        let steady = self.sqlite.iter().all(|step| !step.starts_with("SCAN") && !step.contains("TEMP B-TREE"));
        steady && indexes.iter().all(searched) && !self.scans_in_postgres()
    }

    /// As [`Plan::is_searches_by`], or it reads one of these indexes from an end,
    /// in the order of the list: then its limit ends it.
    pub fn is_searches_by_or_walks(&self, indexes: &[&str]) -> bool {
        let ordered = self.sqlite.iter().all(|step| !step.contains("TEMP B-TREE"));
        let by_index = self.sqlite.iter().all(|step| !step.starts_with("SCAN") || step.contains(" INDEX "));
        let named =
            indexes.iter().all(|index| self.sqlite.iter().any(|step| step.contains(&format!(" INDEX {index}"))));
        ordered && by_index && named && !self.scans_in_postgres()
    }

    /// Whether it takes one look into this index, with neither a scan nor a
    /// sort; PostgreSQL may look into another one.
    pub fn is_one_search_by(&self, index: &str) -> bool {
        self.is_one_search() && self.sqlite[0].contains(&format!("INDEX {index} "))
    }

    /// Whether it takes one look into whichever index, with neither a scan nor a sort.
    pub fn is_one_search(&self) -> bool {
        self.sqlite.len() == 1 && self.sqlite[0].starts_with("SEARCH") && !self.scans_in_postgres()
    }

    /// By how many bounds an index is searched behind what has to be equal.
    pub fn bounds(&self) -> usize {
        self.sqlite.iter().map(|step| step.matches(['<', '>']).count()).sum()
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
    let store = Store::open(&url, Clock::System).await.expect("the database opens");
    store.migrate().await.expect("the migrations run");
    (store, folder)
}
