//! Sealed values, whatever they are about: found and replaced without being
//! opened, so that all of them can be put under another key.

use std::fmt;

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ConnectionTrait, Order};
use uuid::Uuid;

use super::StoreError;

/// A column that holds sealed values, bound to the id of their row.
#[derive(Debug, PartialEq, Eq)]
pub struct SealedColumn {
    pub table: &'static str,
    /// The column of the row's id.
    pub id: &'static str,
    pub column: &'static str,
    /// What its [`Sealer`](crate::server::crypto::Sealer) is for.
    pub purpose: &'static str,
}

/// As it is written in SQL: `outbox.payload`.
impl fmt::Display for SealedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

/// Every one there is: what is not listed is lost when the key is changed. A
/// test compares this with the schema and with the sealers.
pub const SEALED: &[SealedColumn] = &[
    SealedColumn { table: "audit_anchor", id: "id", column: "ends", purpose: "audit" },
    SealedColumn { table: "outbox", id: "id", column: "payload", purpose: "mail" },
    SealedColumn { table: "totp", id: "account_id", column: "secret", purpose: "totp" },
    SealedColumn { table: "totp_waiting", id: "account_id", column: "secret", purpose: "totp" },
];

/// A sealed value as it lies in its row.
#[derive(Clone, Debug)]
pub struct SealedValue {
    /// The row's.
    pub id: Uuid,
    pub sealed: Vec<u8>,
}

/// Up to `most` values in the order of their ids, from behind `after` on.
///
/// # Errors
/// Only faults.
pub async fn page(
    db: &impl ConnectionTrait,
    place: &SealedColumn,
    after: Option<Uuid>,
    most: u64,
) -> Result<Vec<SealedValue>, StoreError> {
    let mut select = select(place);
    select.and_where(Expr::col(place.column).is_not_null()).order_by(place.id, Order::Asc).limit(most);
    if let Some(after) = after {
        select.and_where(Expr::col(place.id).gt(after));
    }
    read(db, &select).await
}

/// The values in the `rows` newest rows: fewer where some were erased, and no
/// other row is read, however large the table is.
///
/// # Errors
/// Only faults.
pub async fn newest(
    db: &impl ConnectionTrait,
    place: &SealedColumn,
    rows: u64,
) -> Result<Vec<SealedValue>, StoreError> {
    let mut select = select(place);
    select.order_by(place.id, Order::Desc).limit(rows);
    read(db, &select).await
}

/// Puts `sealed` in the place of a value. `false`, and nothing is written, when
/// the value is no longer there: its row was changed, erased or deleted.
///
/// # Errors
/// Only faults.
pub async fn replace(
    db: &impl ConnectionTrait,
    place: &SealedColumn,
    value: &SealedValue,
    sealed: Vec<u8>,
) -> Result<bool, StoreError> {
    let mut update = Query::update();
    update
        .table(place.table)
        .value(place.column, sealed)
        .and_where(Expr::col(place.id).eq(value.id))
        .and_where(Expr::col(place.column).eq(value.sealed.clone()));
    Ok(db.execute(&update).await?.rows_affected() == 1)
}

fn select(place: &SealedColumn) -> SelectStatement {
    Query::select().columns([place.id, place.column]).from(place.table).to_owned()
}

async fn read(db: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<SealedValue>, StoreError> {
    let mut values = Vec::new();
    for row in db.query_all(select).await? {
        let (id, sealed) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        values.extend(Option::map(sealed, |sealed| SealedValue { id, sealed }));
    }
    Ok(values)
}
