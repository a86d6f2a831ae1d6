//! Generic access to encrypted values, which key rotation reads and replaces without knowing their
//! content.

use std::fmt;

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ConnectionTrait, Order};
use uuid::Uuid;

use super::StoreError;

/// A column with encrypted values, each bound to its row.
#[derive(Debug, PartialEq, Eq)]
pub struct EncryptedColumn {
    pub table: &'static str,
    /// The column with the row's id.
    pub id: &'static str,
    /// The column with the id to which the values are bound, as authenticated data.
    pub bound_to: &'static str,
    pub name: &'static str,
    /// The purpose of its [`Sealer`](crate::crypto::Sealer).
    pub purpose: &'static str,
}

/// Formats the column as in SQL: `outbox.payload`.
impl fmt::Display for EncryptedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.name)
    }
}

/// All encrypted columns. A column missing here would become unreadable after a key rotation. A
/// test compares the list with the schema and the sealers.
pub const SEALED: &[EncryptedColumn] = &[
    EncryptedColumn { table: "audit_anchor", id: "id", bound_to: "id", name: "ends", purpose: "audit" },
    EncryptedColumn { table: "outbox", id: "id", bound_to: "id", name: "payload", purpose: "mail" },
    EncryptedColumn { table: "totp", id: "account_id", bound_to: "account_id", name: "secret", purpose: "totp" },
    EncryptedColumn { table: "totp_replaced", id: "id", bound_to: "account_id", name: "secret", purpose: "totp" },
    EncryptedColumn {
        table: "totp_waiting",
        id: "account_id",
        bound_to: "account_id",
        name: "secret",
        purpose: "totp",
    },
];

/// An encrypted value as stored.
#[derive(Clone, Debug)]
pub struct EncryptedValue {
    /// The id of the row.
    pub id: Uuid,
    /// The id to which the value is bound.
    pub bound_to: Uuid,
    pub sealed: Vec<u8>,
}

/// Returns up to `most` values sorted by id, starting after `after`.
pub async fn page(
    db: &impl ConnectionTrait,
    column: &EncryptedColumn,
    after: Option<Uuid>,
    most: u64,
) -> Result<Vec<EncryptedValue>, StoreError> {
    let mut select = select(column);
    select.and_where(Expr::col(column.name).is_not_null()).order_by(column.id, Order::Asc).limit(most);
    if let Some(after) = after {
        select.and_where(Expr::col(column.id).gt(after));
    }
    read(db, &select).await
}

/// Returns the values in the newest `rows` rows, or fewer if some were erased. No other rows are
/// read, however large the table is.
pub async fn newest(
    db: &impl ConnectionTrait,
    column: &EncryptedColumn,
    rows: u64,
) -> Result<Vec<EncryptedValue>, StoreError> {
    let mut select = select(column);
    select.order_by(column.id, Order::Desc).limit(rows);
    read(db, &select).await
}

/// Replaces a value with `sealed`. Returns `false` without writing if the row was changed, erased
/// or deleted.
pub async fn replace(
    db: &impl ConnectionTrait,
    column: &EncryptedColumn,
    value: &EncryptedValue,
    sealed: Vec<u8>,
) -> Result<bool, StoreError> {
    let mut update = Query::update();
    update
        .table(column.table)
        .value(column.name, sealed)
        .and_where(Expr::col(column.id).eq(value.id))
        .and_where(Expr::col(column.name).eq(value.sealed.clone()));
    Ok(db.execute(&update).await?.rows_affected() == 1)
}

fn select(column: &EncryptedColumn) -> SelectStatement {
    Query::select().columns([column.id, column.bound_to, column.name]).from(column.table).to_owned()
}

async fn read(db: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<EncryptedValue>, StoreError> {
    let mut values = Vec::new();
    for row in db.query_all(select).await? {
        let (id, bound_to, sealed) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        values.extend(Option::map(sealed, |sealed| EncryptedValue { id, bound_to, sealed }));
    }
    Ok(values)
}
