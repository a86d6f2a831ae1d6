//! Hourly counters of events.
//!
//! A counter is incremented in the transaction of the event. Counters are kept longer than personal
//! data, which is deleted within a day or a month, and contain none.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Select, Set};

use super::entity::tally::{ActiveModel, Column, Entity};
use super::{StoreError, batch};
use crate::domain::{Metric, Timestamp};

/// Milliseconds per hour.
pub const HOUR: i64 = 3_600_000;

/// The number of events in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub metric: Metric,
    /// The start of the hour.
    pub hour: Timestamp,
    pub times: u64,
}

/// Counts one event at this time.
pub async fn add(db: &impl ConnectionTrait, metric: Metric, at: Timestamp) -> Result<(), StoreError> {
    raise(db, metric, at, 1).await
}

/// Writes as much as [`add`], but counts nothing, for what must not be distinguishable from an event.
pub async fn touch(db: &impl ConnectionTrait, metric: Metric, at: Timestamp) -> Result<(), StoreError> {
    raise(db, metric, at, 0).await
}

async fn raise(db: &impl ConnectionTrait, metric: Metric, at: Timestamp, by: i64) -> Result<(), StoreError> {
    let row = ActiveModel { kind: Set(metric.as_str().to_owned()), hour: Set(at.0.div_euclid(HOUR)), times: Set(by) };
    let raise = OnConflict::columns([Column::Kind, Column::Hour])
        .value(Column::Times, Expr::col((Entity, Column::Times)).add(by))
        .to_owned();
    Entity::insert(row).on_conflict(raise).exec_without_returning(db).await?;
    Ok(())
}

/// Returns the number of events from the hour of this time on.
pub async fn total(db: &impl ConnectionTrait, metric: Metric, from: Timestamp) -> Result<u64, StoreError> {
    let counted = since(db, from).await?;
    Ok(counted.iter().filter(|counted| counted.metric == metric).map(|counted| counted.times).sum())
}

/// Returns the counters from the hour of this time on, unsorted.
pub async fn since(db: &impl ConnectionTrait, from: Timestamp) -> Result<Vec<Counted>, StoreError> {
    let rows = since_query(from).all(db).await?;
    let read = |row: super::entity::tally::Model| {
        // Kinds that this version does not know are skipped.
        let metric = Metric::parse(&row.kind)?;
        let times = u64::try_from(row.times).unwrap_or_default();
        Some(Counted { metric, hour: Timestamp(row.hour.saturating_mul(HOUR)), times })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

fn since_query(from: Timestamp) -> Select<Entity> {
    Entity::find().filter(Column::Hour.gte(from.0.div_euclid(HOUR)))
}

/// Deletes up to `most` counters of hours before `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Column::Hour.lt(before.0.div_euclid(HOUR)), most).await
}

#[cfg(test)]
mod tests {
    use super::since_query;
    use crate::domain::Timestamp;
    use crate::store::query_plan::{Plan, empty_store};

    #[tokio::test]
    async fn the_counters_of_a_time_range_are_one_index_search() {
        let (store, _folder) = empty_store().await;
        let plan = Plan::of(&store, &since_query(Timestamp(1_795_435_200_000))).await;
        assert!(plan.is_one_search_by("tally_hour"), "{plan:?}");
    }
}
