//! The entries of the audit log, and the encrypted anchors of its hash chain. The chain itself is
//! computed by the audit service.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, Set,
};
use uuid::Uuid;

use super::entity::audit::{Column, Entity, Model};
use super::entity::audit_anchor;
use super::{Cursor, StoreError};
use crate::domain::{AuditAction, Timestamp};

/// The id of the only anchor row.
pub const ANCHOR: Uuid = Uuid::nil();
/// The migration that creates the log.
pub const CREATED_BY: &str = "m20261123_000008_audit";

/// Who performed an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Administrator(Uuid),
    /// Anyone with shell access to the server.
    CommandLine,
    /// The portal itself, for example when it deletes an account after its grace period.
    Portal,
}

impl Actor {
    /// Returns the value stored in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator(_) => "administrator",
            Self::CommandLine => "command_line",
            Self::Portal => "portal",
        }
    }

    /// Returns the account of the actor, if it is an administrator.
    pub fn account(self) -> Option<Uuid> {
        match self {
            Self::Administrator(id) => Some(id),
            Self::CommandLine | Self::Portal => None,
        }
    }
}

/// Personal data that is erased with its owner's account. The chain stays valid, because only the
/// commitment is hashed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasable {
    pub value: Option<String>,
    /// Random. Once it is erased, the commitment cannot be matched to a value.
    pub salt: Option<Vec<u8>>,
    pub commitment: Option<Vec<u8>>,
}

/// One action as its row stores it, including actions that this version does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Starts at 1 and has no gaps.
    pub seq: i64,
    pub at: Timestamp,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub action: String,
    pub target_id: Option<Uuid>,
    /// Further details. Contains no personal data.
    pub detail: String,
    /// The IP address of the actor's request.
    pub ip: Erasable,
    pub reason: Erasable,
    /// The hash of the previous entry.
    pub previous: Vec<u8>,
    pub hash: Vec<u8>,
}

/// Appends an entry.
pub async fn insert(db: &impl ConnectionTrait, entry: AuditEntry) -> Result<(), StoreError> {
    let row = Model {
        seq: entry.seq,
        at: entry.at,
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

/// Returns up to `most` entries after `seq`, oldest first.
pub async fn after(db: &impl ConnectionTrait, seq: i64, most: u64) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = Entity::find().filter(Column::Seq.gt(seq)).order_by_asc(Column::Seq).limit(most).all(db).await?;
    Ok(rows.into_iter().map(read).collect())
}

/// Search criteria. `None` matches everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub action: Option<AuditAction>,
    pub actor: Option<Uuid>,
    pub target: Option<Uuid>,
}

/// Returns up to `most` entries at `cursor`, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    cursor: Cursor<i64>,
    most: u64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = list_query(filter, cursor, most).all(db).await?;
    Ok(cursor.newest_first(rows.into_iter().map(read).collect()))
}

fn list_query(filter: &Filter, cursor: Cursor<i64>, most: u64) -> Select<Entity> {
    let from = match cursor {
        // No entry has the highest number.
        Cursor::First => Cursor::Before(i64::MAX),
        cursor => cursor,
    };
    from.select(matching(filter), Column::Seq, most)
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

/// Deletes the entries up to and including `seq`, and returns the number deleted.
pub async fn delete_through(db: &impl ConnectionTrait, seq: i64) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::Seq.lte(seq)).exec(db).await?.rows_affected)
}

/// Erases a user's personal data from the log: the IP addresses of their actions, and the reasons
/// for actions on their account.
pub async fn erase_personal_data(db: &impl ConnectionTrait, account_id: Uuid) -> Result<(), StoreError> {
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

/// Returns the oldest and the newest entry.
pub async fn outermost(db: &impl ConnectionTrait) -> Result<Option<(AuditEntry, AuditEntry)>, StoreError> {
    let oldest = Entity::find().order_by_asc(Column::Seq).one(db).await?;
    let newest = Entity::find().order_by_desc(Column::Seq).one(db).await?;
    Ok(oldest.map(read).zip(newest.map(read)))
}

/// Returns the encrypted anchors of the chain.
pub async fn ends(db: &impl ConnectionTrait) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(audit_anchor::Entity::find_by_id(ANCHOR).one(db).await?.map(|row| row.ends))
}

/// Replaces the encrypted anchors of the chain.
pub async fn put_ends(db: &impl ConnectionTrait, ends: Vec<u8>) -> Result<(), StoreError> {
    let row = audit_anchor::ActiveModel { id: Set(ANCHOR), ends: Set(ends) };
    let replace = OnConflict::column(audit_anchor::Column::Id).update_column(audit_anchor::Column::Ends).to_owned();
    audit_anchor::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

fn read(row: Model) -> AuditEntry {
    AuditEntry {
        seq: row.seq,
        at: row.at,
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

    use super::{Cursor, Filter, list_query};
    use crate::domain::AuditAction;
    use crate::store::query_plan::{Plan, empty_store};

    #[tokio::test]
    async fn every_filter_of_the_audit_log_is_one_ordered_index_search() {
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
            for cursor in [Cursor::First, Cursor::Before(9), Cursor::After(9)] {
                let plan = Plan::of(&store, &list_query(&filter, cursor, 51)).await;
                let by_index = indexes.iter().any(|(_, index)| plan.is_one_search_by(index));
                // SQLite uses the entry number as the row id.
                let by_number = format!("{plan:?}").contains("[\"SEARCH audit USING INTEGER PRIMARY KEY (rowid");
                assert!(by_index || (chosen == 0 && by_number), "{filter:?}: {plan:?}");
            }
        }
    }
}
