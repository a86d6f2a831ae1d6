//! How SQLite means to find what a query asks for.

use sea_orm::{ConnectionTrait as _, DbBackend, QueryTrait, Statement};
use tempfile::TempDir;

use super::Store;

/// The steps of `EXPLAIN QUERY PLAN`.
#[derive(Debug)]
pub struct Plan(Vec<String>);

impl Plan {
    pub async fn of(store: &Store, query: &impl QueryTrait) -> Self {
        let query = query.build(DbBackend::Sqlite);
        let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", query.sql), ..query };
        let rows = store.reader().query_all_raw(explain).await.expect("the query is explained");
        Self(rows.iter().map(|row| row.try_get("", "detail").expect("a step")).collect())
    }

    /// Whether it finds what it gives by these indexes, in the order in which it
    /// gives it: nothing is read through, and nothing sorted.
    pub fn is_searches_by(&self, indexes: &[&str]) -> bool {
        let searched = |index: &&str| {
            let name = format!(" INDEX {index} ");
            self.0.iter().any(|step| step.starts_with("SEARCH") && step.contains(&name))
        };
        let steady = self.0.iter().all(|step| !step.starts_with("SCAN") && !step.contains("TEMP B-TREE"));
        steady && indexes.iter().all(searched)
    }

    /// As [`Plan::is_searches_by`], or it reads one of these indexes from an end,
    /// in the order of the list: then its limit ends it.
    pub fn is_searches_by_or_walks(&self, indexes: &[&str]) -> bool {
        let ordered = self.0.iter().all(|step| !step.contains("TEMP B-TREE"));
        let by_index = self.0.iter().all(|step| !step.starts_with("SCAN") || step.contains(" INDEX "));
        let named = indexes.iter().all(|index| self.0.iter().any(|step| step.contains(&format!(" INDEX {index}"))));
        ordered && by_index && named
    }

    /// Whether it takes one look into this index, with neither a scan nor a sort.
    pub fn is_one_search_by(&self, index: &str) -> bool {
        self.is_one_search() && self.0[0].contains(&format!("INDEX {index} "))
    }

    /// Whether it takes one look into whichever index, with neither a scan nor a sort.
    pub fn is_one_search(&self) -> bool {
        self.0.len() == 1 && self.0[0].starts_with("SEARCH")
    }

    /// By how many bounds an index is searched behind what has to be equal.
    pub fn bounds(&self) -> usize {
        self.0.iter().map(|step| step.matches(['<', '>']).count()).sum()
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
