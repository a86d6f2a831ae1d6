//! The words in the URL of a list, and the URLs of its neighbours.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::http::Uri;
use url::form_urlencoded::{self, Serializer};

use crate::api::admin::Neighbours;
use crate::server::services::keyset::{Page, Place};

const BEFORE: &str = "before";
const AFTER: &str = "after";

/// What the query of a URL asks for. Of a word that comes twice the last counts.
pub(super) struct Query<'a> {
    path: &'a str,
    words: BTreeMap<String, String>,
}

impl<'a> Query<'a> {
    pub(super) fn of(uri: &'a Uri) -> Self {
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self { path: uri.path(), words: pairs.into_owned().collect() }
    }

    /// A filter's word, without white space around it; empty for none.
    pub(super) fn word(&self, name: &str) -> &str {
        self.words.get(name).map_or("", |word| word.trim())
    }

    /// The page that is asked for; what names no row asks for the first.
    pub(super) fn place<K: FromStr>(&self) -> Place<K> {
        let key = |name| self.words.get(name).and_then(|key| key.parse().ok());
        match (key(BEFORE), key(AFTER)) {
            (Some(key), _) => Place::Before(key),
            (None, Some(key)) => Place::After(key),
            (None, None) => Place::Newest,
        }
    }

    /// The ways to the pages around this one, with the same filters.
    pub(super) fn neighbours<T>(&self, page: &Page<T>, key: impl Fn(&T) -> String) -> Neighbours {
        let to = |name: &str, row: Option<&T>| row.map(|row| self.with(name, &key(row)));
        Neighbours {
            newer: to(AFTER, page.rows.first().filter(|_| page.newer)),
            older: to(BEFORE, page.rows.last().filter(|_| page.older)),
        }
    }

    /// The way to the first page, with the same filters.
    pub(super) fn here(&self) -> String {
        match self.filters().finish() {
            none if none.is_empty() => self.path.to_owned(),
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
