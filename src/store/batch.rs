//! Deleting and changing rows in batches.

use sea_orm::sea_query::{Expr, ExprTrait as _, IntoCondition, Query};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait, Iterable as _, PrimaryKeyToColumn as _, QueryFilter as _,
};

use super::StoreError;

/// Deletes up to `most` rows that match `condition` and returns the number deleted.
pub async fn delete<E: EntityTrait>(
    db: &impl ConnectionTrait,
    condition: impl IntoCondition,
    most: u64,
) -> Result<u64, StoreError> {
    Ok(E::delete_many().filter(among_first::<E>(condition, most)).exec(db).await?.rows_affected)
}

/// Selects up to `most` of the rows that match `condition`, by their primary key. For use in a
/// `DELETE` or an `UPDATE`, which cannot have a limit of their own.
pub fn among_first<E: EntityTrait>(condition: impl IntoCondition, most: u64) -> Expr {
    let key = || E::PrimaryKey::iter().map(|key| Expr::col(key.into_column().as_column_ref()));
    let rows = Query::select().exprs(key()).from(E::default()).cond_where(condition).limit(most).take();
    Expr::tuple(key()).in_subquery(rows)
}
