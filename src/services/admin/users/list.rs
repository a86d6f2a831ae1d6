//! The list of users.

use std::collections::HashSet;

use uuid::Uuid;

use super::AdminService;
use crate::domain::{AccountState, Email, Role};
use crate::services::keyset::{self, Cursor, Page};
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::users::{self, Filter, Key, Order, User};

/// Users per page.
const PAGE: u8 = 50;

/// The filter for users as typed. An empty field matches all users.
#[derive(Clone, Copy, Debug, Default)]
pub struct UsersQuery<'a> {
    /// The beginning of a username or an email.
    pub q: &'a str,
    pub state: &'a str,
    pub role: &'a str,
    /// `newest`, `last_sign_in`, or by username otherwise. Search results are sorted by the matched
    /// username or email instead.
    pub sort: &'a str,
}

/// A page of the list, and the ids of users with two-step sign-in.
#[derive(Clone, Debug)]
pub struct UsersPage {
    pub page: Page<User>,
    pub two_step: HashSet<Uuid>,
}

impl AdminService<'_> {
    /// Returns a page of the list of users.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator.
    pub async fn users(
        &self,
        query: UsersQuery<'_>,
        cursor: Cursor<Key>,
        by: &RequestContext,
    ) -> Result<UsersPage, ServiceError> {
        by.administrator()?;
        let Some(filter) = query.filter() else {
            return Ok(UsersPage { page: Page::empty(), two_step: HashSet::new() });
        };
        // A key from another sort order or search is not a position in this list.
        let cursor = match cursor {
            Cursor::Before(key) | Cursor::After(key) if !filter.order.can_hold(&key) => Cursor::First,
            cursor => cursor,
        };
        let db = self.core.store.reader();
        let fetch = |cursor, most| users::list(db, &filter, cursor, most);
        let page = keyset::page(cursor, PAGE, fetch).await?;
        let ids: Vec<Uuid> = page.rows.iter().map(|user| user.id).collect();
        let two_step = users::with_two_steps(db, &ids).await?;
        Ok(UsersPage { page, two_step })
    }
}

impl UsersQuery<'_> {
    /// Parses the filter. Returns `None` if no user can match.
    pub(super) fn filter(&self) -> Option<Filter> {
        let state = match self.state {
            "" => None,
            word => Some(AccountState::parse(word)?),
        };
        let role = match self.role {
            "" => None,
            word => Some(Role::parse(word)?),
        };
        let order = match (self.q.trim(), self.sort) {
            ("", "newest") => Order::Registered,
            ("", "last_sign_in") => Order::SignedIn,
            ("", _) => Order::Username,
            (beginning, _) => Order::Beginning(key_of(beginning)?),
        };
        Some(Filter { state, role, order })
    }
}

/// Returns the beginning of a username or an email in the form that is compared, or `None` if no
/// username or email can begin that way.
fn key_of(beginning: &str) -> Option<String> {
    // The domain of a complete email may be internationalized.
    if let Ok(email) = Email::parse(beginning) {
        return Some(email.key().to_owned());
    }
    let is_printable = beginning.bytes().all(|byte| byte.is_ascii_graphic());
    is_printable.then(|| beginning.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::key_of;

    #[test]
    fn search_text_is_normalized_like_usernames_and_emails() {
        for (typed, key) in [
            ("Ann", Some("ann")),
            ("Ann@Bücher.example", Some("ann@xn--bcher-kva.example")),
            ("a_%'", Some("a_%'")),
            ("änn", None),
            ("a b", None),
            ("a\0", None),
        ] {
            assert_eq!(key_of(typed).as_deref(), key, "{typed:?}");
        }
    }
}
