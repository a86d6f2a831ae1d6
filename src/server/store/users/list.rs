//! The list of users: narrowed down, sorted, and read from any place in it.
//!
//! Each index of the list begins with state and role. For "any state" or "any
//! role" the list is put together from one reading of the index for each, so
//! that one index an order serves every filter, and none reads a row that it
//! does not give: a page of the 50 administrators among a million takes as long
//! as one of the million.

use sea_orm::{ConnectionTrait, QuerySelect as _};
use uuid::Uuid;

use super::branch::{By, Row, Way, branch, read};
use super::key::{Key, Sorted};
use crate::domain::{AccountState, Role, Timestamp};
use crate::server::store::StoreError;

/// Who is in the list, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Any, if nothing is said.
    pub state: Option<AccountState>,
    /// Any, if nothing is said.
    pub role: Option<Role>,
    pub order: Order,
}

/// In which order a list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    Username,
    /// The newest first.
    Registered,
    /// The latest first; those who never signed in are the last.
    SignedIn,
    /// Those whose username begins so, by username, and behind them those whose
    /// address alone does, by address.
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
    /// Where in the list this is.
    pub key: Key,
}

/// Up to `most` rows behind the row `key`, or from the beginning.
///
/// # Errors
/// Only faults.
pub async fn following(
    db: &impl ConnectionTrait,
    filter: &Filter,
    key: Option<&Key>,
    most: u64,
) -> Result<Vec<User>, StoreError> {
    walk(db, filter, key, Way::Down, most).await
}

/// Up to `most` rows that end in front of the row `key`, in the order of the list.
///
/// # Errors
/// Only faults.
pub async fn preceding(
    db: &impl ConnectionTrait,
    filter: &Filter,
    key: &Key,
    most: u64,
) -> Result<Vec<User>, StoreError> {
    let mut rows = walk(db, filter, Some(key), Way::Up, most).await?;
    rows.reverse();
    Ok(rows)
}

async fn walk(
    db: &impl ConnectionTrait,
    filter: &Filter,
    from: Option<&Key>,
    way: Way,
    most: u64,
) -> Result<Vec<User>, StoreError> {
    let mut parts = filter.order.parts();
    if way == Way::Up {
        parts.reverse();
    }
    // The parts that lie behind us are left out.
    let at = from.map(|key| By::of(&key.sorted));
    let begin = at.and_then(|at| parts.iter().position(|by| *by == at)).unwrap_or_default();
    let mut rows: Vec<User> = Vec::new();
    for by in parts.into_iter().skip(begin) {
        let left = most.saturating_sub(rows.len() as u64);
        if left == 0 {
            break;
        }
        let from = from.filter(|key| By::of(&key.sorted) == by);
        let mut part = Vec::new();
        for (state, role) in filter.branches() {
            let query = branch(&filter.order, by, (state, role), from, way).limit(left);
            let found = query.into_model::<Row>().all(db).await?;
            part.extend(found.into_iter().map(|row| read(row, by, state, role)));
        }
        part.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        if by.latest_first() != (way == Way::Up) {
            part.reverse();
        }
        part.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        rows.extend(part);
    }
    Ok(rows)
}

impl Filter {
    pub(super) fn branches(&self) -> Vec<(AccountState, Role)> {
        let states = AccountState::ALL.into_iter().filter(|state| self.state.is_none_or(|only| only == *state));
        let roles = || Role::ALL.into_iter().filter(|role| self.role.is_none_or(|only| only == *role));
        states.flat_map(|state| roles().map(move |role| (state, role))).collect()
    }
}

impl Order {
    /// What it sorts by, one behind the other.
    fn parts(&self) -> Vec<By> {
        match self {
            Self::Username => vec![By::Name],
            Self::Registered => vec![By::Registered],
            Self::SignedIn => vec![By::SignedIn],
            Self::Beginning(_) => vec![By::Name, By::Address],
        }
    }

    /// Whether a row of such a list can have this key.
    #[must_use]
    pub fn can_hold(&self, key: &Key) -> bool {
        let begins = match (self, &key.sorted) {
            (Self::Beginning(text), Sorted::Name(value) | Sorted::Address(value)) => value.starts_with(text),
            _ => true,
        };
        begins && self.parts().contains(&By::of(&key.sorted))
    }
}
