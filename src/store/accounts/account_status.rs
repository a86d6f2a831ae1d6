//! The role of an account, and whether it can be signed in to.

use sea_orm::sea_query::{Alias, Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use super::Account;
use crate::domain::{AccountState, Role, Timestamp};
use crate::store::StoreError;
use crate::store::entity::account::{Column, Entity, STATE};

/// Sets the role of an account.
pub async fn set_role(db: &impl ConnectionTrait, id: Uuid, role: Role) -> Result<(), StoreError> {
    let update = Entity::update_many().col_expr(Column::Role, Expr::value(role));
    update.filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Returns all administrators, sorted by username.
pub async fn administrators(db: &impl ConnectionTrait) -> Result<Vec<Account>, StoreError> {
    let query = of_role(Role::Administrator, &AccountState::ALL);
    Ok(query.order_by_asc(Column::UsernameKey).into_partial_model().all(db).await?)
}

/// Returns whether an administrator other than this account can still sign in.
pub async fn is_another_administrator(db: &impl ConnectionTrait, id: Uuid) -> Result<bool, StoreError> {
    Ok(others(id).into_tuple::<Uuid>().one(db).await?.is_some())
}

fn others(id: Uuid) -> Select<Entity> {
    let administrators = of_role(Role::Administrator, &[AccountState::Open]);
    administrators.select_only().column(Column::Id).filter(Column::Id.ne(id))
}

/// Selects the accounts with a role, using an index that starts with state and role.
fn of_role(role: Role, states: &[AccountState]) -> Select<Entity> {
    let states = states.iter().map(|state| state.as_str());
    Entity::find().filter(Expr::col(Alias::new(STATE)).is_in(states)).filter(Column::Role.eq(role))
}

/// Disables an account until it is enabled again. Its sessions are no longer valid.
pub async fn disable(db: &impl ConnectionTrait, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
    Entity::update_many().col_expr(Column::DisabledAt, Expr::value(at.0)).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Enables a disabled account.
pub async fn enable(db: &impl ConnectionTrait, id: Uuid) -> Result<(), StoreError> {
    let none = Expr::value(None::<i64>);
    Entity::update_many().col_expr(Column::DisabledAt, none).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Closes an account until it is deleted.
pub async fn close_until_deletion(db: &impl ConnectionTrait, id: Uuid, on: Timestamp) -> Result<(), StoreError> {
    Entity::update_many().col_expr(Column::DeleteAfter, Expr::value(on.0)).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Cancels the deletion of an account. Returns `false` if no deletion was pending or its date has
/// passed.
pub async fn cancel_deletion(db: &impl ConnectionTrait, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let canceled = Entity::update_many()
        .col_expr(Column::DeleteAfter, Expr::value(None::<i64>))
        .filter(Column::Id.eq(id))
        .filter(Column::DeleteAfter.gt(now.0))
        .exec(db)
        .await?;
    Ok(canceled.rows_affected == 1)
}

/// Increments the session version, which ends all sessions of the account and all sign-ins in
/// progress.
pub async fn end_sessions(db: &impl ConnectionTrait, id: Uuid) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::SessionEpoch, Expr::col(Column::SessionEpoch).add(1))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Records when the first factor of an account was added, or that it has none (anymore).
pub async fn set_two_step_since(
    db: &impl ConnectionTrait,
    id: Uuid,
    since: Option<Timestamp>,
) -> Result<(), StoreError> {
    let since = Expr::value(since.map(|since| since.0));
    Entity::update_many().col_expr(Column::TwoStepSince, since).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::others;
    use crate::store::query_plan::{Plan, empty_store};

    #[tokio::test]
    async fn looking_for_another_administrator_is_one_index_search() {
        let (store, _folder) = empty_store().await;
        let plan = Plan::of(&store, &others(Uuid::nil())).await;
        assert!(plan.is_one_search(), "{plan:?}");
    }
}
