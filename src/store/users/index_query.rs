//! The part of the user list that one index search returns: one state, one role, one order.

use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, IntoIden as _};
use sea_orm::{
    ColumnTrait as _, DynIden, EntityTrait as _, FromQueryResult, Order as SqlOrder, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};
use uuid::Uuid;

use super::key::{Key, Sorted};
use super::list::{Order, User};
use crate::domain::{AccountState, Role, Timestamp};
use crate::store::entity::account::{Column, Entity, LAST_SIGN_IN_KEY, STATE};

/// Sorts after every character in the keys of usernames and emails.
const AFTER_ALL: char = '\u{7f}';

/// A row as read from the database.
#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    id: Uuid,
    username: String,
    username_key: String,
    email: String,
    email_key: String,
    created_at: Timestamp,
    last_sign_in_at: Option<Timestamp>,
}

/// The sort key of an index of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SortKey {
    Name,
    Address,
    Registered,
    SignedIn,
}

/// The direction in which the list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SortDirection {
    Down,
    Up,
}

/// Selects the rows of one state and one role in one order, starting at `from`.
pub(super) fn index_query(
    order: &Order,
    by: SortKey,
    (state, role): (AccountState, Role),
    from: Option<&Key>,
    direction: SortDirection,
) -> Select<Entity> {
    let columns = [
        Column::Id,
        Column::Username,
        Column::UsernameKey,
        Column::Email,
        Column::EmailKey,
        Column::CreatedAt,
        Column::LastSignInAt,
    ];
    let ascending = by.latest_first() == (direction == SortDirection::Up);
    let column = || Expr::col(by.column());
    let mut query = Entity::find()
        .select_only()
        .columns(columns)
        .filter(Expr::col(Alias::new(STATE)).eq(state.as_str()))
        .filter(Column::Role.eq(role));
    // At most one bound per side: a second one would be checked row by row.
    let (mut lowest, mut highest) = (None, None);
    if let Order::Beginning(text) = order {
        lowest = Some(column().gte(text.as_str()));
        highest = Some(column().lt(format!("{text}{AFTER_ALL}")));
        if by == SortKey::Address {
            // These are already listed by username.
            let name = || Expr::col(Column::UsernameKey);
            let among_names = name().gte(text.as_str()).and(name().lt(format!("{text}{AFTER_ALL}")));
            query = query.filter(among_names.not());
        }
    }
    if let Some(key) = from {
        let row = Expr::tuple([column(), Expr::col(Column::Id)]);
        let position = Expr::tuple([key.sorted.value(), Expr::val(key.id)]);
        if ascending {
            lowest = Some(row.gt(position));
        } else {
            highest = Some(row.lt(position));
        }
    }
    for bound in lowest.into_iter().chain(highest) {
        query = query.filter(bound);
    }
    let sql_order = if ascending { SqlOrder::Asc } else { SqlOrder::Desc };
    query.order_by(column(), sql_order.clone()).order_by(Column::Id, sql_order)
}

/// Converts a row to a user with its position in the list.
pub(super) fn read(row: Row, by: SortKey, state: AccountState, role: Role) -> User {
    let sorted = match by {
        SortKey::Name => Sorted::Name(row.username_key),
        SortKey::Address => Sorted::Address(row.email_key),
        SortKey::Registered => Sorted::Registered(row.created_at.0),
        SortKey::SignedIn => Sorted::SignedIn(row.last_sign_in_at.map_or(0, |at| at.0)),
    };
    User {
        id: row.id,
        username: row.username,
        email: row.email,
        role,
        state,
        registered_at: row.created_at,
        last_sign_in_at: row.last_sign_in_at,
        key: Key { sorted, id: row.id },
    }
}

impl Sorted {
    fn value(&self) -> Expr {
        match self {
            Self::Name(text) | Self::Address(text) => Expr::val(text.as_str()),
            Self::Registered(at) | Self::SignedIn(at) => Expr::val(*at),
        }
    }
}

impl SortKey {
    pub(super) fn of(sorted: &Sorted) -> Self {
        match sorted {
            Sorted::Name(_) => Self::Name,
            Sorted::Address(_) => Self::Address,
            Sorted::Registered(_) => Self::Registered,
            Sorted::SignedIn(_) => Self::SignedIn,
        }
    }

    fn column(self) -> DynIden {
        match self {
            Self::Name => Column::UsernameKey.into_iden(),
            Self::Address => Column::EmailKey.into_iden(),
            Self::Registered => Column::CreatedAt.into_iden(),
            // A generated column is not part of the entity, because it is never written.
            Self::SignedIn => Alias::new(LAST_SIGN_IN_KEY).into_iden(),
        }
    }

    /// Returns whether the list begins with the largest value.
    pub(super) fn latest_first(self) -> bool {
        matches!(self, Self::Registered | Self::SignedIn)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::QuerySelect as _;
    use uuid::Uuid;

    use super::{Key, Order, SortDirection, SortKey, Sorted, index_query};
    use crate::domain::{AccountState, Role};
    use crate::store::query_plan::{Plan, empty_store};
    use crate::store::users::Filter;

    #[tokio::test]
    async fn every_order_of_every_filter_is_one_ordered_index_search() {
        let (store, _folder) = empty_store().await;
        let beginning = Order::Beginning("ann".to_owned());
        let name = || Sorted::Name("anna".to_owned());
        let address = || Sorted::Address("anna@x.example".to_owned());
        for (order, by, sorted, index) in [
            (&Order::Username, SortKey::Name, name(), "account_list_username"),
            (&Order::Registered, SortKey::Registered, Sorted::Registered(7), "account_list_created"),
            (&Order::SignedIn, SortKey::SignedIn, Sorted::SignedIn(7), "account_list_signed_in"),
            (&beginning, SortKey::Name, name(), "account_list_username"),
            (&beginning, SortKey::Address, address(), "account_list_email"),
        ] {
            let key = Key { sorted, id: Uuid::nil() };
            for (from, direction) in
                [(None, SortDirection::Down), (Some(&key), SortDirection::Down), (Some(&key), SortDirection::Up)]
            {
                let filter = Filter { state: None, role: None, order: order.clone() };
                for filtered in filter.states_and_roles() {
                    let plan = Plan::of(&store, &index_query(order, by, filtered, from, direction).limit(51)).await;
                    assert!(plan.is_one_search_by(index), "{order:?} {filtered:?} {from:?} {direction:?}: {plan:?}");
                    assert_eq!(plan.bounds(), expected(order, from), "{order:?} {from:?} {direction:?}: {plan:?}");
                }
            }
        }
        assert_eq!(AccountState::ALL.len() * Role::ALL.len(), 6);
    }

    /// The expected number of bounds in the index search, besides state and role.
    fn expected(order: &Order, from: Option<&Key>) -> usize {
        match (order, from) {
            (Order::Beginning(_), _) => 2,
            (_, Some(_)) => 1,
            (_, None) => 0,
        }
    }
}
