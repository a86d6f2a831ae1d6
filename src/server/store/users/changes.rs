//! What administrators change about an account itself.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::domain::{Role, Timestamp};
use crate::server::store::StoreError;
use crate::server::store::entity::account::{Column, Entity};

/// Closes an account until somebody enables it. Its sessions end with its epoch.
///
/// # Errors
/// Only faults.
pub async fn disable(db: &impl ConnectionTrait, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
    Entity::update_many().col_expr(Column::DisabledAt, Expr::value(at.0)).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// # Errors
/// Only faults.
pub async fn enable(db: &impl ConnectionTrait, id: Uuid) -> Result<(), StoreError> {
    let none = Expr::value(None::<i64>);
    Entity::update_many().col_expr(Column::DisabledAt, none).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Sets what an account may do, from its next request on.
///
/// # Errors
/// Only faults.
pub async fn set_role(db: &impl ConnectionTrait, id: Uuid, role: Role) -> Result<(), StoreError> {
    let word = Expr::value(role.as_str());
    Entity::update_many().col_expr(Column::Role, word).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}
