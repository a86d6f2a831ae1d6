//! Keyset pagination. The last of a million rows is as fast to reach as the first, and pages stay
//! stable while rows are added.

pub use crate::store::Cursor;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in list order.
    pub rows: Vec<T>,
    /// Whether there may be rows before these.
    pub newer: bool,
    /// Whether there are rows after these.
    pub older: bool,
}

impl<T> Page<T> {
    /// Returns the page of a list without rows.
    pub const fn empty() -> Self {
        Self { rows: Vec::new(), newer: false, older: false }
    }

    /// Converts each row of the page.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(view).collect(), newer: self.newer, older: self.older }
    }
}

/// Fetches a page of `size` rows.
///
/// `fetch` returns at most the requested number of rows at the requested position, in list order. A
/// position beyond either end of the list yields the first page.
///
/// # Errors
/// Those of `fetch`.
pub async fn page<K, T, E, F, Fut>(cursor: Cursor<K>, size: u8, fetch: F) -> Result<Page<T>, E>
where
    F: Fn(Cursor<K>, u64) -> Fut,
    Fut: Future<Output = Result<Vec<T>, E>>,
{
    // One extra row shows whether there are more.
    let most = u64::from(size) + 1;
    let size = usize::from(size);
    let behind = matches!(cursor, Cursor::Before(_));
    if !matches!(cursor, Cursor::First) {
        let mut rows = fetch(cursor, most).await?;
        let full = rows.len() > size;
        if behind && !rows.is_empty() {
            rows.truncate(size);
            return Ok(Page { rows, newer: true, older: full });
        }
        if !behind && full {
            // The first row is the extra one, which shows that there are more rows before the page.
            return Ok(Page { rows: rows.split_off(1), newer: true, older: true });
        }
    }
    let mut rows = fetch(Cursor::First, most).await?;
    let older = rows.len() > size;
    rows.truncate(size);
    Ok(Page { rows, newer: false, older })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::{Cursor, Page, page};

    /// Returns a page of the list 9, 8, …, 0.
    async fn nine(cursor: Cursor<i32>) -> Page<i32> {
        let fetch = |cursor, most: u64| async move {
            let most = usize::try_from(most).unwrap_or_default();
            let all = (0..10).rev();
            Ok::<Vec<i32>, Infallible>(match cursor {
                Cursor::First => all.take(most).collect(),
                Cursor::Before(key) => all.filter(|row| *row < key).take(most).collect(),
                Cursor::After(key) => {
                    let mut rows: Vec<_> = (0..10).filter(|row| *row > key).take(most).collect();
                    rows.reverse();
                    rows
                }
            })
        };
        let Ok(page) = page(cursor, 4, fetch).await;
        page
    }

    #[tokio::test]
    async fn paging_in_either_direction_skips_no_rows() {
        assert_eq!(nine(Cursor::First).await, Page { rows: vec![9, 8, 7, 6], newer: false, older: true });
        assert_eq!(nine(Cursor::Before(6)).await, Page { rows: vec![5, 4, 3, 2], newer: true, older: true });
        assert_eq!(nine(Cursor::Before(2)).await, Page { rows: vec![1, 0], newer: true, older: false });
        assert_eq!(nine(Cursor::After(1)).await, Page { rows: vec![5, 4, 3, 2], newer: true, older: true });
        assert_eq!(nine(Cursor::After(5)).await, Page { rows: vec![9, 8, 7, 6], newer: false, older: true });
    }

    #[tokio::test]
    async fn a_position_beyond_either_end_yields_the_first_page() {
        for beyond in [Cursor::Before(0), Cursor::After(9), Cursor::After(7)] {
            assert_eq!(nine(beyond).await, nine(Cursor::First).await);
        }
    }
}
