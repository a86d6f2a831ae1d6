//! What an account may do, and whether anybody may sign in to it.

use sea_orm::sea_query::{Alias, Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use super::{Account, read};
use crate::domain::{AccountState, Role, Timestamp};
use crate::server::store::StoreError;
use crate::server::store::entity::account::{Column, Entity, STATE};

/// Gives an account another role.
///
/// # Errors
/// Only faults.
pub async fn set_role(db: &impl ConnectionTrait, id: Uuid, role: Role) -> Result<(), StoreError> {
    let update = Entity::update_many().col_expr(Column::Role, Expr::value(role.as_str()));
    update.filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Every administrator, in the order of their names.
///
/// # Errors
/// Only faults.
pub async fn administrators(db: &impl ConnectionTrait) -> Result<Vec<Account>, StoreError> {
    let query = of_role(Role::Administrator, &AccountState::ALL);
    query.order_by_asc(Column::UsernameKey).all(db).await?.into_iter().map(read).collect()
}

/// Whether there is an administrator beside this account to whom anybody may sign in.
///
/// # Errors
/// Only faults.
pub async fn is_another_administrator(db: &impl ConnectionTrait, id: Uuid) -> Result<bool, StoreError> {
    Ok(others(id).into_tuple::<Uuid>().one(db).await?.is_some())
}

fn others(id: Uuid) -> Select<Entity> {
    let administrators = of_role(Role::Administrator, &[AccountState::Open]);
    administrators.select_only().column(Column::Id).filter(Column::Id.ne(id))
}

/// The accounts of a role, by an index that has state and role in front.
fn of_role(role: Role, states: &[AccountState]) -> Select<Entity> {
    let states = states.iter().map(|state| state.as_str());
    Entity::find().filter(Expr::col(Alias::new(STATE)).is_in(states)).filter(Column::Role.eq(role.as_str()))
}

/// Closes an account until somebody enables it. Its sessions end with its epoch.
///
/// # Errors
/// Only faults.
pub async fn disable(db: &impl ConnectionTrait, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
    Entity::update_many().col_expr(Column::DisabledAt, Expr::value(at.0)).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Opens an account that was disabled.
///
/// # Errors
/// Only faults.
pub async fn enable(db: &impl ConnectionTrait, id: Uuid) -> Result<(), StoreError> {
    let none = Expr::value(None::<i64>);
    Entity::update_many().col_expr(Column::DisabledAt, none).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Closes an account until it is deleted.
///
/// # Errors
/// Only faults.
pub async fn close_until_deletion(db: &impl ConnectionTrait, id: Uuid, on: Timestamp) -> Result<(), StoreError> {
    Entity::update_many().col_expr(Column::DeleteAfter, Expr::value(on.0)).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Keeps an account that was to be deleted; `false` when it was not, or its time is over.
///
/// # Errors
/// Only faults.
pub async fn keep(db: &impl ConnectionTrait, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let kept = Entity::update_many()
        .col_expr(Column::DeleteAfter, Expr::value(None::<i64>))
        .filter(Column::Id.eq(id))
        .filter(Column::DeleteAfter.gt(now.0))
        .exec(db)
        .await?;
    Ok(kept.rows_affected == 1)
}

/// Begins the next epoch: every session of the account, and every sign-in that
/// is under way, ends with the present one.
///
/// # Errors
/// Only faults.
pub async fn end_sessions(db: &impl ConnectionTrait, id: Uuid) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::SessionEpoch, Expr::col(Column::SessionEpoch).add(1))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::others;
    use crate::server::store::plan::{Plan, empty_store};

    #[tokio::test]
    async fn whether_somebody_else_administers_reads_no_user() {
        let (store, _folder) = empty_store().await;
        let plan = Plan::of(&store, &others(Uuid::nil())).await;
        assert!(plan.is_one_search(), "{plan:?}");
    }
}
