//! The list of users with filters, sort orders and keyset pagination.
//!
//! Each index of the list starts with state and role. For "any state" or "any role", the list is
//! merged from one index search per state and role. One index per sort order therefore serves every
//! filter without reading rows that are not returned: a page of the 50 administrators among a
//! million users takes as long as a page of all users.

use sea_orm::{ConnectionTrait, QuerySelect as _};
use uuid::Uuid;

use super::index_query::{Row, SortDirection, SortKey, index_query, read};
use super::key::{Key, Sorted};
use crate::domain::{AccountState, Role, Timestamp};
use crate::store::{Cursor, StoreError};

/// The filters and the sort order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Any state if `None`.
    pub state: Option<AccountState>,
    /// Any role if `None`.
    pub role: Option<Role>,
    pub order: Order,
}

/// The sort order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    Username,
    /// Newest first.
    Registered,
    /// Latest first; users who never signed in are last.
    SignedIn,
    /// Users whose username begins with this text, sorted by username, followed by users whose
    /// email alone begins with it, sorted by email.
    Beginning(String),
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: Uuid,
    pub username: String,
    pub email: String,
    pub role: Role,
    pub state: AccountState,
    pub registered_at: Timestamp,
    pub last_sign_in_at: Option<Timestamp>,
    /// The position in the list.
    pub key: Key,
}

/// Returns up to `most` rows at `cursor`, in the order of the list.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    cursor: Cursor<Key>,
    most: u64,
) -> Result<Vec<User>, StoreError> {
    let (from, direction) = match &cursor {
        Cursor::First => (None, SortDirection::Down),
        Cursor::Before(key) => (Some(key), SortDirection::Down),
        Cursor::After(key) => (Some(key), SortDirection::Up),
    };
    let mut parts = filter.order.parts();
    if direction == SortDirection::Up {
        parts.reverse();
    }
    // Skip the parts before the starting position.
    let at = from.map(|key| SortKey::of(&key.sorted));
    let begin = at.and_then(|at| parts.iter().position(|by| *by == at)).unwrap_or_default();
    let mut rows: Vec<User> = Vec::new();
    for by in parts.into_iter().skip(begin) {
        let left = most.saturating_sub(rows.len() as u64);
        if left == 0 {
            break;
        }
        let from = from.filter(|key| SortKey::of(&key.sorted) == by);
        let mut part = Vec::new();
        for (state, role) in filter.states_and_roles() {
            let query = index_query(&filter.order, by, (state, role), from, direction).limit(left);
            let found = query.into_model::<Row>().all(db).await?;
            part.extend(found.into_iter().map(|row| read(row, by, state, role)));
        }
        part.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        if by.latest_first() != (direction == SortDirection::Up) {
            part.reverse();
        }
        part.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        rows.extend(part);
    }
    if direction == SortDirection::Up {
        rows.reverse();
    }
    Ok(rows)
}

impl Filter {
    pub(super) fn states_and_roles(&self) -> Vec<(AccountState, Role)> {
        let states = AccountState::ALL.into_iter().filter(|state| self.state.is_none_or(|only| only == *state));
        let roles = || Role::ALL.into_iter().filter(|role| self.role.is_none_or(|only| only == *role));
        states.flat_map(|state| roles().map(move |role| (state, role))).collect()
    }
}

impl Order {
    /// Returns the sort keys, one part of the list after the other.
    fn parts(&self) -> Vec<SortKey> {
        match self {
            Self::Username => vec![SortKey::Name],
            Self::Registered => vec![SortKey::Registered],
            Self::SignedIn => vec![SortKey::SignedIn],
            Self::Beginning(_) => vec![SortKey::Name, SortKey::Address],
        }
    }

    /// Returns whether this key can occur in a list with this order.
    pub fn can_hold(&self, key: &Key) -> bool {
        let begins = match (self, &key.sorted) {
            (Self::Beginning(text), Sorted::Name(value) | Sorted::Address(value)) => value.starts_with(text),
            _ => true,
        };
        begins && self.parts().contains(&SortKey::of(&key.sorted))
    }
}
