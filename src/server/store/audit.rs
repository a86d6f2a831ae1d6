//! The rows of the audit log, and the sealed ends of their chain. What makes
//! them a chain is the service's.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, Set,
};
use uuid::Uuid;

use super::StoreError;
use super::entity::audit::{Column, Entity, Model};
use super::entity::audit_anchor;
use crate::domain::{AuditAction, Timestamp};

/// The id of the one anchor there is.
pub const ANCHOR: Uuid = Uuid::nil();
/// The migration that makes the log.
pub const MADE_BY: &str = "m20261123_000008_audit";

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Administrator(Uuid),
    /// Whoever may run the program on the server.
    CommandLine,
    /// The portal by itself, such as when the time of an account is over.
    Portal,
}

impl Actor {
    /// The word kept in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator(_) => "administrator",
            Self::CommandLine => "command_line",
            Self::Portal => "portal",
        }
    }

    /// The account, where it is one.
    #[must_use]
    pub fn account(self) -> Option<Uuid> {
        match self {
            Self::Administrator(id) => Some(id),
            Self::CommandLine | Self::Portal => None,
        }
    }
}

/// What is erased when a person's account goes, without breaking the chain:
/// that hashes the commitment alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasable {
    pub value: Option<String>,
    /// Random; with it goes the way from the commitment back to the value.
    pub salt: Option<Vec<u8>>,
    pub commitment: Option<Vec<u8>>,
}

/// One deed, as its row has it: words that this version does not know included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counts from 1 without a gap.
    pub seq: i64,
    pub at: Timestamp,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub action: String,
    pub target_id: Option<Uuid>,
    /// What else there is to know; nothing about a person.
    pub detail: String,
    /// Where the actor's request came from.
    pub ip: Erasable,
    pub reason: Erasable,
    /// The hash of the row before.
    pub previous: Vec<u8>,
    pub hash: Vec<u8>,
}

/// # Errors
/// Only faults.
pub async fn insert(db: &impl ConnectionTrait, entry: Entry) -> Result<(), StoreError> {
    let row = Model {
        seq: entry.seq,
        at: entry.at.0,
        actor_kind: entry.actor_kind,
        actor_id: entry.actor_id,
        action: entry.action,
        target_id: entry.target_id,
        detail: entry.detail,
        ip: entry.ip.value,
        ip_salt: entry.ip.salt,
        ip_commitment: entry.ip.commitment,
        reason: entry.reason.value,
        reason_salt: entry.reason.salt,
        reason_commitment: entry.reason.commitment,
        previous: entry.previous,
        hash: entry.hash,
    };
    row.into_active_model().insert(db).await?;
    Ok(())
}

/// Up to `most` rows that come after the row `seq`, in their order.
///
/// # Errors
/// Only faults.
pub async fn after(db: &impl ConnectionTrait, seq: i64, most: u64) -> Result<Vec<Entry>, StoreError> {
    let rows = Entity::find().filter(Column::Seq.gt(seq)).order_by_asc(Column::Seq).limit(most).all(db).await?;
    Ok(rows.into_iter().map(read).collect())
}

/// What rows are looked for; nothing for any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub action: Option<AuditAction>,
    pub actor: Option<Uuid>,
    pub target: Option<Uuid>,
}

/// The newest `most` rows, before the row `before` if given; the newest first.
///
/// # Errors
/// Only faults.
pub async fn newest(
    db: &impl ConnectionTrait,
    filter: &Filter,
    before: Option<i64>,
    most: u64,
) -> Result<Vec<Entry>, StoreError> {
    let rows = newest_query(filter, before, most).all(db).await?;
    Ok(rows.into_iter().map(read).collect())
}

/// The `most` rows that came next after the row `after`; the newest first.
///
/// # Errors
/// Only faults.
pub async fn next_after(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: i64,
    most: u64,
) -> Result<Vec<Entry>, StoreError> {
    let rows = next_query(filter, after, most).all(db).await?;
    Ok(rows.into_iter().rev().map(read).collect())
}

fn newest_query(filter: &Filter, before: Option<i64>, most: u64) -> Select<Entity> {
    // No row has the greatest number there is.
    let before = before.unwrap_or(i64::MAX);
    matching(filter).filter(Column::Seq.lt(before)).order_by_desc(Column::Seq).limit(most)
}

fn next_query(filter: &Filter, after: i64, most: u64) -> Select<Entity> {
    matching(filter).filter(Column::Seq.gt(after)).order_by_asc(Column::Seq).limit(most)
}

fn matching(filter: &Filter) -> Select<Entity> {
    let mut query = Entity::find();
    if let Some(action) = filter.action {
        query = query.filter(Column::Action.eq(action.as_str()));
    }
    if let Some(actor) = filter.actor {
        query = query.filter(Column::ActorId.eq(actor));
    }
    if let Some(target) = filter.target {
        query = query.filter(Column::TargetId.eq(target));
    }
    query
}

/// Deletes the rows up to and with `seq`; tells how many.
///
/// # Errors
/// Only faults.
pub async fn delete_through(db: &impl ConnectionTrait, seq: i64) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::Seq.lte(seq)).exec(db).await?.rows_affected)
}

/// Erases what the log tells of a person whose account goes: where they came
/// from when they did something, and why something was done to them.
///
/// # Errors
/// Only faults.
pub async fn forget_person(db: &impl ConnectionTrait, account_id: Uuid) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Ip, Expr::value(None::<String>))
        .col_expr(Column::IpSalt, Expr::value(None::<Vec<u8>>))
        .filter(Column::ActorId.eq(account_id))
        .exec(db)
        .await?;
    Entity::update_many()
        .col_expr(Column::Reason, Expr::value(None::<String>))
        .col_expr(Column::ReasonSalt, Expr::value(None::<Vec<u8>>))
        .filter(Column::TargetId.eq(account_id))
        .exec(db)
        .await?;
    Ok(())
}

/// The oldest row and the newest.
///
/// # Errors
/// Only faults.
pub async fn outermost(db: &impl ConnectionTrait) -> Result<Option<(Entry, Entry)>, StoreError> {
    let oldest = Entity::find().order_by_asc(Column::Seq).one(db).await?;
    let newest = Entity::find().order_by_desc(Column::Seq).one(db).await?;
    Ok(oldest.map(read).zip(newest.map(read)))
}

/// The sealed ends of the chain.
///
/// # Errors
/// Only faults.
pub async fn ends(db: &impl ConnectionTrait) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(audit_anchor::Entity::find_by_id(ANCHOR).one(db).await?.map(|row| row.ends))
}

/// Replaces the sealed ends of the chain.
///
/// # Errors
/// Only faults.
pub async fn put_ends(db: &impl ConnectionTrait, ends: Vec<u8>) -> Result<(), StoreError> {
    let row = audit_anchor::ActiveModel { id: Set(ANCHOR), ends: Set(ends) };
    let replace = OnConflict::column(audit_anchor::Column::Id).update_column(audit_anchor::Column::Ends).to_owned();
    audit_anchor::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

fn read(row: Model) -> Entry {
    Entry {
        seq: row.seq,
        at: Timestamp(row.at),
        actor_kind: row.actor_kind,
        actor_id: row.actor_id,
        action: row.action,
        target_id: row.target_id,
        detail: row.detail,
        ip: Erasable { value: row.ip, salt: row.ip_salt, commitment: row.ip_commitment },
        reason: Erasable { value: row.reason, salt: row.reason_salt, commitment: row.reason_commitment },
        previous: row.previous,
        hash: row.hash,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Filter, newest_query, next_query};
    use crate::domain::AuditAction;
    use crate::server::store::plan::{Plan, empty_store};

    #[tokio::test]
    async fn each_page_of_the_log_reads_one_index_in_its_order_whatever_is_looked_for() {
        let (store, _folder) = empty_store().await;
        let (action, actor, target) = (Some(AuditAction::MadeUser), Some(Uuid::nil()), Some(Uuid::max()));
        for chosen in 0_u8..8 {
            let on = |bit: u8| chosen & bit != 0;
            let filter = Filter {
                action: action.filter(|_| on(1)),
                actor: actor.filter(|_| on(2)),
                target: target.filter(|_| on(4)),
            };
            let mut indexes = vec![(1, "audit_action"), (2, "audit_actor_id"), (4, "audit_target_id")];
            indexes.retain(|(bit, _)| on(*bit));
            for query in
                [newest_query(&filter, None, 51), newest_query(&filter, Some(9), 51), next_query(&filter, 9, 51)]
            {
                let plan = Plan::of(&store, &query).await;
                let by_index = indexes.iter().any(|(_, index)| plan.is_one_search_by(index));
                // The number of a row is where SQLite keeps it.
                let by_number = format!("{plan:?}").contains("[\"SEARCH audit USING INTEGER PRIMARY KEY (rowid");
                assert!(by_index || (chosen == 0 && by_number), "{filter:?}: {plan:?}");
            }
        }
    }
}
