//! Pages of a long list, by the keys of their rows: as quick at the end of a
//! million rows as at the beginning, and steady while rows are added.

/// Which page of a list is meant, whose first row is its newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<K> {
    /// The first.
    Newest,
    /// The one that comes behind the row with this key.
    Before(K),
    /// The one that ends in front of the row with this key.
    After(K),
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In the order of the list.
    pub rows: Vec<T>,
    /// Whether there may be rows in front of these.
    pub newer: bool,
    /// Whether there are rows behind these.
    pub older: bool,
}

impl<T> Page<T> {
    /// The same page with its rows as somebody else sees them.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(view).collect(), newer: self.newer, older: self.older }
    }
}

/// Fetches a page of `size` rows. `fetch` gives at most as many rows as it is
/// asked for, from the place it is asked for, in the order of the list. What
/// lies beyond either end of the list is its first page.
///
/// # Errors
/// Those of `fetch`.
pub async fn page<K, T, E, F, Fut>(place: Place<K>, size: u8, fetch: F) -> Result<Page<T>, E>
where
    F: Fn(Place<K>, u64) -> Fut,
    Fut: Future<Output = Result<Vec<T>, E>>,
{
    // One more than is shown tells whether it goes on.
    let most = u64::from(size) + 1;
    let size = usize::from(size);
    let behind = matches!(place, Place::Before(_));
    if !matches!(place, Place::Newest) {
        let mut rows = fetch(place, most).await?;
        let full = rows.len() > size;
        if behind && !rows.is_empty() {
            rows.truncate(size);
            return Ok(Page { rows, newer: true, older: full });
        }
        if !behind && full {
            // The first of them is what tells that there are more in front.
            return Ok(Page { rows: rows.split_off(1), newer: true, older: true });
        }
    }
    let mut rows = fetch(Place::Newest, most).await?;
    let older = rows.len() > size;
    rows.truncate(size);
    Ok(Page { rows, newer: false, older })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::{Page, Place, page};

    /// A page of the list 9, 8, …, 0.
    async fn nine(place: Place<i32>) -> Page<i32> {
        let fetch = |place, most: u64| async move {
            let most = usize::try_from(most).unwrap_or_default();
            let all = (0..10).rev();
            Ok::<Vec<i32>, Infallible>(match place {
                Place::Newest => all.take(most).collect(),
                Place::Before(key) => all.filter(|row| *row < key).take(most).collect(),
                Place::After(key) => {
                    let mut rows: Vec<_> = (0..10).filter(|row| *row > key).take(most).collect();
                    rows.reverse();
                    rows
                }
            })
        };
        let Ok(page) = page(place, 4, fetch).await;
        page
    }

    #[tokio::test]
    async fn a_list_is_walked_through_without_a_gap_in_both_directions() {
        assert_eq!(nine(Place::Newest).await, Page { rows: vec![9, 8, 7, 6], newer: false, older: true });
        assert_eq!(nine(Place::Before(6)).await, Page { rows: vec![5, 4, 3, 2], newer: true, older: true });
        assert_eq!(nine(Place::Before(2)).await, Page { rows: vec![1, 0], newer: true, older: false });
        assert_eq!(nine(Place::After(1)).await, Page { rows: vec![5, 4, 3, 2], newer: true, older: true });
        assert_eq!(nine(Place::After(5)).await, Page { rows: vec![9, 8, 7, 6], newer: false, older: true });
    }

    #[tokio::test]
    async fn beyond_either_end_lies_the_first_page() {
        for beyond in [Place::Before(0), Place::After(9), Place::After(7)] {
            assert_eq!(nine(beyond).await, nine(Place::Newest).await);
        }
    }
}
