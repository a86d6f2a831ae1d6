//! The list of users.

use std::collections::HashSet;

use uuid::Uuid;

use super::Administration;
use crate::domain::{AccountState, Email, Role};
use crate::server::services::keyset::{self, Page, Place};
use crate::server::services::outcome::ServiceError;
use crate::server::services::requester::Requester;
use crate::server::store::users::{self, Filter, Key, Order, User};

/// Users on a page.
const PAGE: u8 = 50;

/// What users are looked for, as it was typed; empty for any.
#[derive(Clone, Copy, Debug, Default)]
pub struct UsersQuery<'a> {
    /// The beginning of a username or of an address.
    pub q: &'a str,
    pub state: &'a str,
    pub role: &'a str,
    /// `newest`, `last_sign_in`, or else by username. While something is looked
    /// for, the list is in the order of what was found.
    pub sort: &'a str,
}

/// A page of the list, and whose sign-in takes two steps.
#[derive(Clone, Debug)]
pub struct UsersPage {
    pub page: Page<User>,
    pub two_step: HashSet<Uuid>,
}

impl Administration {
    /// A page of the list of users.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] to whoever is no administrator; faults.
    pub async fn users(
        &self,
        query: UsersQuery<'_>,
        place: Place<Key>,
        by: &Requester,
    ) -> Result<UsersPage, ServiceError> {
        by.administrator()?;
        let Some(filter) = query.filter() else {
            let page = Page { rows: Vec::new(), newer: false, older: false };
            return Ok(UsersPage { page, two_step: HashSet::new() });
        };
        // The key of another order or another search is the place of nothing here.
        let place = match place {
            Place::Before(key) | Place::After(key) if !filter.order.can_hold(&key) => Place::Newest,
            place => place,
        };
        let db = self.store.reader();
        let fetch = |place, most| {
            let filter = &filter;
            async move {
                match place {
                    Place::Newest => users::following(db, filter, None, most).await,
                    Place::Before(key) => users::following(db, filter, Some(&key), most).await,
                    Place::After(key) => users::preceding(db, filter, &key, most).await,
                }
            }
        };
        let page = keyset::page(place, PAGE, fetch).await?;
        let ids: Vec<Uuid> = page.rows.iter().map(|user| user.id).collect();
        let two_step = users::with_two_steps(db, &ids).await?;
        Ok(UsersPage { page, two_step })
    }
}

impl UsersQuery<'_> {
    /// What to look for; nothing when nobody can be like that.
    pub(super) fn filter(&self) -> Option<Filter> {
        let state = match self.state {
            "" => None,
            word => Some(AccountState::parse(word)?),
        };
        let role = match self.role {
            "" => None,
            word => Some(Role::ALL.into_iter().find(|role| role.as_str() == word)?),
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

/// The beginning of a username or an address in the form that is compared;
/// nothing if none begins so.
fn key_of(beginning: &str) -> Option<String> {
    // A whole address may have its domain in another script.
    if let Ok(email) = Email::parse(beginning) {
        return Some(email.key().to_owned());
    }
    let printed = beginning.bytes().all(|octet| octet.is_ascii_graphic());
    printed.then(|| beginning.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::key_of;

    #[test]
    fn a_beginning_is_compared_as_names_and_addresses_are() {
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
