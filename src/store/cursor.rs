//! Positions in lists that are read page by page.

use sea_orm::{ColumnTrait as _, EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select, Value};

/// The position of a page in a list that starts with its newest row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor<K> {
    /// The first page.
    First,
    /// The page that follows the row with this key.
    Before(K),
    /// The page that precedes the row with this key.
    After(K),
}

impl<K: Copy + Into<Value>> Cursor<K> {
    /// Selects up to `most` rows at this position of a list that is sorted by `key`, nearest first.
    pub(super) fn select<E: EntityTrait>(self, list: Select<E>, key: E::Column, most: u64) -> Select<E> {
        let page = match self {
            Self::First => list.order_by_desc(key),
            Self::Before(position) => list.filter(key.lt(position)).order_by_desc(key),
            Self::After(position) => list.filter(key.gt(position)).order_by_asc(key),
        };
        page.limit(most)
    }

    /// Sorts the rows of [`Cursor::select`] newest first.
    pub(super) fn newest_first<T>(self, mut rows: Vec<T>) -> Vec<T> {
        if matches!(self, Self::After(_)) {
            rows.reverse();
        }
        rows
    }
}
