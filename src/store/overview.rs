//! The counts on the administrators' overview page. Each except the total reads a range of a
//! covering index.

use sea_orm::sea_query::{Asterisk, Expr};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _, QuerySelect as _, Select,
};

use super::StoreError;
use super::entity::{account, email_verification, outbox};
use super::outbox::MailState;
use crate::crypto::OtpPurpose;
use crate::domain::Timestamp;

/// Mail that has not been sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailQueue {
    pub waiting: u64,
    /// Failed messages.
    pub dead: u64,
    /// When the oldest pending message was written.
    pub oldest: Option<Timestamp>,
}

/// Counts all accounts. Scans an index, which takes about 10 ms for a million accounts.
pub async fn accounts(db: &impl ConnectionTrait) -> Result<u64, StoreError> {
    count(db, accounts_query()).await
}

/// Counts the accounts created at or after this time.
pub async fn new_accounts(db: &impl ConnectionTrait, since: Timestamp) -> Result<u64, StoreError> {
    count(db, new_accounts_query(since)).await
}

/// Counts the unfinished registrations that began after this time.
pub async fn waiting_registrations(db: &impl ConnectionTrait, since: Timestamp) -> Result<u64, StoreError> {
    count(db, waiting_query(since)).await
}

/// Counts the pending and failed messages.
pub async fn mail_queue(db: &impl ConnectionTrait) -> Result<MailQueue, StoreError> {
    let oldest: Option<Option<Timestamp>> = oldest_query().into_tuple().one(db).await?;
    Ok(MailQueue {
        waiting: count(db, mail_query(MailState::Waiting)).await?,
        dead: count(db, mail_query(MailState::Failed)).await?,
        oldest: oldest.flatten(),
    })
}

async fn count<E: sea_orm::EntityTrait>(db: &impl ConnectionTrait, query: Select<E>) -> Result<u64, StoreError> {
    let found: Option<i64> = query.into_tuple().one(db).await?;
    Ok(found.and_then(|number| u64::try_from(number).ok()).unwrap_or_default())
}

/// `COUNT(*)` rather than a column: SQLite then counts an index without reading its entries.
fn many() -> Expr {
    Expr::col(Asterisk).count()
}

fn accounts_query() -> Select<account::Entity> {
    account::Entity::find().select_only().expr_as(many(), "many")
}

fn new_accounts_query(since: Timestamp) -> Select<account::Entity> {
    accounts_query().filter(account::Column::CreatedAt.gte(since.0))
}

fn waiting_query(since: Timestamp) -> Select<email_verification::Entity> {
    email_verification::Entity::find()
        .select_only()
        .expr_as(many(), "many")
        .filter(email_verification::Column::Purpose.eq(OtpPurpose::Registration))
        .filter(email_verification::Column::CreatedAt.gt(since))
        .filter(email_verification::Column::FinishedAt.is_null())
}

fn mail_query(state: MailState) -> Select<outbox::Entity> {
    outbox::Entity::find().select_only().expr_as(many(), "many").filter(outbox::Column::State.eq(state))
}

fn oldest_query() -> Select<outbox::Entity> {
    outbox::Entity::find()
        .select_only()
        .expr_as(Expr::col(outbox::Column::CreatedAt).min(), "oldest")
        .filter(outbox::Column::State.eq(MailState::Waiting))
}

#[cfg(test)]
mod tests {
    use super::{MailState, accounts_query, mail_query, new_accounts_query, oldest_query, waiting_query};
    use crate::domain::Timestamp;
    use crate::store::query_plan::{Plan, empty_store};

    #[tokio::test]
    async fn every_count_except_the_total_is_a_covered_index_search() {
        let (store, _folder) = empty_store().await;
        let now = Timestamp(1_795_435_200_000);
        for plan in [
            Plan::of(&store, &new_accounts_query(now)).await,
            Plan::of(&store, &waiting_query(now)).await,
            Plan::of(&store, &mail_query(MailState::Waiting)).await,
            Plan::of(&store, &mail_query(MailState::Failed)).await,
            Plan::of(&store, &oldest_query()).await,
        ] {
            assert!(plan.is_one_covered_search(), "{plan:?}");
        }
    }

    /// It has to scan an entire index. If the table is large, the overview runs it only once a
    /// minute.
    #[tokio::test]
    async fn the_count_of_all_accounts_scans_only_an_index() {
        let (store, _folder) = empty_store().await;
        let plan = Plan::of_whole(&store, &accounts_query()).await;
        assert!(plan.reads_an_index_alone(), "{plan:?}");
    }
}
