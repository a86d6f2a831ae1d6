//! The query parameters of a list page, and the URLs of the previous and next page.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::http::Uri;
use url::form_urlencoded::{self, Serializer};

use crate::services::keyset::{Cursor, Page};

const BEFORE: &str = "before";
const AFTER: &str = "after";

/// The parsed query of a list page. If a parameter is repeated, the last value counts.
#[derive(Debug)]
pub struct Query {
    path: String,
    words: BTreeMap<String, String>,
}

/// The URLs of the newer and the older page of a list, if they exist.
#[derive(Debug)]
pub struct Neighbors {
    pub newer: Option<String>,
    pub older: Option<String>,
}

impl Query {
    #[must_use]
    pub fn of(uri: &Uri) -> Self {
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self { path: uri.path().to_owned(), words: pairs.into_owned().collect() }
    }

    /// Returns the query of the page at `path` from the hidden fields of a form on it.
    #[must_use]
    pub fn posted(path: &str, fields: BTreeMap<String, String>) -> Self {
        Self { path: path.to_owned(), words: fields }
    }

    /// Returns the value of a filter, trimmed; empty if the filter is not set.
    #[must_use]
    pub fn word(&self, name: &str) -> &str {
        self.words.get(name).map_or("", |word| word.trim())
    }

    /// Returns the selected page. An invalid cursor selects the first page.
    #[must_use]
    pub fn place<K: FromStr>(&self) -> Cursor<K> {
        let key = |name| self.words.get(name).and_then(|key| key.parse().ok());
        match (key(BEFORE), key(AFTER)) {
            (Some(key), _) => Cursor::Before(key),
            (None, Some(key)) => Cursor::After(key),
            (None, None) => Cursor::First,
        }
    }

    /// Returns the URLs of the pages before and after this one, with the same filters.
    #[must_use]
    pub fn neighbors<T>(&self, page: &Page<T>, key: impl Fn(&T) -> String) -> Neighbors {
        let to = |name: &str, row: Option<&T>| row.map(|row| self.with(name, &key(row)));
        Neighbors {
            newer: to(AFTER, page.rows.first().filter(|_| page.newer)),
            older: to(BEFORE, page.rows.last().filter(|_| page.older)),
        }
    }

    /// Returns the URL of the first page, with the same filters.
    #[must_use]
    pub fn here(&self) -> String {
        match self.filters().finish() {
            none if none.is_empty() => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    fn with(&self, name: &str, key: &str) -> String {
        let query = self.filters().append_pair(name, key).finish();
        format!("{}?{query}", self.path)
    }

    fn filters(&self) -> Serializer<'static, String> {
        let filters =
            self.words.iter().filter(|(name, word)| ![BEFORE, AFTER].contains(&name.as_str()) && !word.is_empty());
        let mut query = Serializer::new(String::new());
        query.extend_pairs(filters);
        query
    }
}
