//! Codes issued for an email, as administrators see them.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};

use crate::domain::Timestamp;
use crate::store::StoreError;
use crate::store::entity::otp::{Column, Entity};

/// An issued code, without its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCode {
    /// The value stored in the database.
    pub purpose: String,
    pub issued_at: Timestamp,
    pub outcome: Outcome,
}

/// The status of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Used,
    /// Invalidated by a newer code or because the account was closed.
    Voided,
    Expired,
    /// Still valid.
    Waiting,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    purpose: String,
    issued_at: Timestamp,
    expires_at: Timestamp,
    consumed_at: Option<Timestamp>,
    voided_at: Option<Timestamp>,
}

/// Returns the newest `most` codes for an email, newest first.
pub async fn newest_codes(
    db: &impl ConnectionTrait,
    email_key: &str,
    now: Timestamp,
    most: u64,
) -> Result<Vec<IssuedCode>, StoreError> {
    let rows = newest_query(email_key, most).into_model::<Row>().all(db).await?;
    let read = |row: Row| IssuedCode {
        outcome: match row {
            Row { consumed_at: Some(_), .. } => Outcome::Used,
            Row { voided_at: Some(_), .. } => Outcome::Voided,
            Row { expires_at, .. } if expires_at <= now => Outcome::Expired,
            _ => Outcome::Waiting,
        },
        purpose: row.purpose,
        issued_at: row.issued_at,
    };
    Ok(rows.into_iter().map(read).collect())
}

fn newest_query(email_key: &str, most: u64) -> Select<Entity> {
    Entity::find()
        .select_only()
        .columns([Column::Purpose, Column::IssuedAt, Column::ExpiresAt, Column::ConsumedAt, Column::VoidedAt])
        .filter(Column::EmailKey.eq(email_key))
        .order_by_desc(Column::IssuedAt)
        .limit(most)
}

#[cfg(test)]
mod tests {
    use super::newest_query;
    use crate::store::query_plan::{Plan, empty_store};

    #[tokio::test]
    async fn the_codes_for_an_email_are_one_ordered_index_search() {
        let (store, _folder) = empty_store().await;
        let plan = Plan::of(&store, &newest_query("ann@x.example", 20)).await;
        assert!(plan.is_one_search_by("otp_email_key"), "{plan:?}");
    }
}
