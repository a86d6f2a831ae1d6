//! Checks of query plans.
//!
//! SQLite plans by the schema alone. PostgreSQL plans by table statistics, so its tables are filled
//! with rows. Each check covers both databases.

use sea_orm::{ConnectionTrait as _, DbBackend, QueryTrait, Statement};
use tempfile::TempDir;

use super::{Store, postgres};
use crate::clock::Clock;

/// The steps of both query plans.
#[derive(Debug)]
pub struct Plan {
    /// From `EXPLAIN QUERY PLAN`.
    sqlite: Vec<String>,
    /// From `EXPLAIN`; empty if PostgreSQL is not installed.
    postgres: Vec<String>,
}

impl Plan {
    /// Returns the plans for a query that finds a few of many rows.
    pub async fn of(store: &Store, query: &impl QueryTrait) -> Self {
        Self { postgres: postgres::explain(query).await, ..Self::of_whole(store, query).await }
    }

    /// Returns only SQLite's plan, for a query that reads every row: PostgreSQL may then scan the
    /// table as well as an index.
    pub async fn of_whole(store: &Store, query: &impl QueryTrait) -> Self {
        let query = query.build(DbBackend::Sqlite);
        let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", query.sql), ..query };
        let rows = store.reader().query_all_raw(explain).await.expect("the query is explained");
        let sqlite = rows.iter().map(|row| row.try_get("", "detail").expect("a plan step")).collect();
        Self { sqlite, postgres: Vec::new() }
    }

    /// Returns whether the query searches these indexes in the order of its result, without a scan
    /// or a sort.
    pub fn is_searches_by(&self, indexes: &[&str]) -> bool {
        let searched = |index: &&str| {
            let name = format!(" INDEX {index} ");
            self.sqlite.iter().any(|step| step.starts_with("SEARCH") && step.contains(&name))
        };
        let steady = self.sqlite.iter().all(|step| !step.starts_with("SCAN") && !step.contains("TEMP B-TREE"));
        steady && indexes.iter().all(searched) && !self.scans_in_postgres()
    }

    /// Like [`Plan::is_searches_by`], but the query may also read one of these indexes from an end,
    /// in the order of its result, until it reaches its limit.
    pub fn is_searches_by_or_walks(&self, indexes: &[&str]) -> bool {
        let ordered = self.sqlite.iter().all(|step| !step.contains("TEMP B-TREE"));
        let by_index = self.sqlite.iter().all(|step| !step.starts_with("SCAN") || step.contains(" INDEX "));
        let named =
            indexes.iter().all(|index| self.sqlite.iter().any(|step| step.contains(&format!(" INDEX {index}"))));
        ordered && by_index && named && !self.scans_in_postgres()
    }

    /// Returns whether the query is one search of this index, without a scan or a sort. PostgreSQL
    /// may use another index.
    pub fn is_one_search_by(&self, index: &str) -> bool {
        self.is_one_search() && self.sqlite[0].contains(&format!("INDEX {index} "))
    }

    /// Returns whether the query is one search of any index, without a scan or a sort.
    pub fn is_one_search(&self) -> bool {
        self.sqlite.len() == 1 && self.sqlite[0].starts_with("SEARCH") && !self.scans_in_postgres()
    }

    /// Returns the number of range bounds in the index search, not counting equalities.
    pub fn bounds(&self) -> usize {
        self.sqlite.iter().map(|step| step.matches(['<', '>']).count()).sum()
    }

    /// Returns whether the query is one search of a covering index.
    pub fn is_one_covered_search(&self) -> bool {
        let [step] = self.sqlite.as_slice() else { return false };
        step.starts_with("SEARCH") && step.contains("USING COVERING INDEX") && !self.scans_in_postgres()
    }

    /// Returns whether the query reads only an index, which it may scan.
    pub fn reads_an_index_alone(&self) -> bool {
        matches!(self.sqlite.as_slice(), [step] if step.contains("USING COVERING INDEX"))
    }

    fn scans_in_postgres(&self) -> bool {
        self.postgres.iter().any(|step| step.contains("Seq Scan"))
    }
}

/// Returns an empty database with this version's schema.
pub async fn empty_store() -> (Store, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("portal.db").display());
    let store = Store::open(&url, Clock::System).await.expect("the database opens");
    store.migrate().await.expect("the migrations run");
    (store, folder)
}
