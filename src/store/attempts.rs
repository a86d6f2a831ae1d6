//! Attempts and requests that limits count: one row each, written before it is evaluated.

use std::ops::RangeInclusive;

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DerivePartialModel, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, Set,
};
use uuid::Uuid;

use super::entity::attempt::{ActiveModel, Column, Entity};
use super::{StoreError, batch};
use crate::crypto::LookupKey;
use crate::domain::Timestamp;
use crate::domain::words::words;

words! {
    /// What is attempted or requested.
    pub enum AttemptKind {
        /// A password, to sign in or to confirm a change.
        Password = "password",
        /// A code of the authenticator app or a recovery code.
        SecondFactor = "second_factor",
        /// An emailed code.
        EmailCode = "email_code",
        /// A request for an emailed code.
        CodeRequest = "code_request",
        /// A form without a solved challenge.
        UnprovenForm = "unproven_form",
        /// A change of an account by its user that sends an email.
        AccountChange = "account_change",
    }
}

words! {
    /// How an attempt ended.
    pub enum Outcome {
        /// Not evaluated yet. Counts as a failure, so that neither parallel requests nor a crash
        /// allow more attempts.
        Pending = "pending",
        Failed = "failed",
        Succeeded = "succeeded",
        /// No longer counted as a failure, because the account was recovered.
        Forgiven = "forgiven",
    }
}

/// A new attempt.
#[derive(Clone, Debug)]
pub struct NewAttempt<'a> {
    pub id: Uuid,
    pub kind: AttemptKind,
    /// What is guessed at or requested.
    pub subject: Option<&'a LookupKey>,
    pub account_id: Option<Uuid>,
    pub network: Vec<u8>,
    /// Whether the browser is a known device of the account.
    pub known_device: bool,
    pub at: Timestamp,
    pub outcome: Outcome,
    pub expires_at: Timestamp,
}

/// An earlier attempt.
#[derive(Clone, Debug, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Attempt {
    pub network: Vec<u8>,
    pub known_device: bool,
    pub at: Timestamp,
    pub outcome: Outcome,
}

impl Attempt {
    /// Whether it counts as a failure.
    #[must_use]
    pub fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Pending | Outcome::Failed)
    }
}

/// Inserts an attempt.
pub async fn insert(db: &impl ConnectionTrait, new: NewAttempt<'_>) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id),
        kind: Set(new.kind),
        subject: Set(new.subject.map(|key| key.current().to_vec())),
        account_id: Set(new.account_id),
        network: Set(new.network),
        known_device: Set(new.known_device),
        at: Set(new.at),
        outcome: Set(new.outcome),
        expires_at: Set(new.expires_at),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Records how an attempt ended.
pub async fn finish(db: &impl ConnectionTrait, id: Uuid, outcome: Outcome) -> Result<(), StoreError> {
    ActiveModel { id: Set(id), outcome: Set(outcome), ..Default::default() }.update_without_returning(db).await?;
    Ok(())
}

/// Returns the newest attempts at a subject after `since`, at most `most`, newest first.
pub async fn at_subject(
    db: &impl ConnectionTrait,
    kind: AttemptKind,
    subject: &LookupKey,
    since: Timestamp,
    most: u64,
) -> Result<Vec<Attempt>, StoreError> {
    Ok(at_subject_query(kind, subject, since, most).into_partial_model().all(db).await?)
}

fn at_subject_query(kind: AttemptKind, subject: &LookupKey, since: Timestamp, most: u64) -> Select<Entity> {
    newest(kind, since, most).filter(Column::Subject.is_in(subject.anywhere()))
}

/// Returns the newest attempts at an account after `since`, at most `most`, newest first.
pub async fn at_account(
    db: &impl ConnectionTrait,
    kind: AttemptKind,
    account_id: Uuid,
    since: Timestamp,
    most: u64,
) -> Result<Vec<Attempt>, StoreError> {
    Ok(at_account_query(kind, account_id, since, most).into_partial_model().all(db).await?)
}

fn at_account_query(kind: AttemptKind, account_id: Uuid, since: Timestamp, most: u64) -> Select<Entity> {
    newest(kind, since, most).filter(Column::AccountId.eq(account_id))
}

/// Returns when the newest attempts from these networks were made, after `since`, at most `most`,
/// newest first: all of them, or only the failures.
pub async fn from_networks(
    db: &impl ConnectionTrait,
    kind: AttemptKind,
    networks: RangeInclusive<Vec<u8>>,
    only_failures: bool,
    since: Timestamp,
    most: u64,
) -> Result<Vec<Timestamp>, StoreError> {
    let query = from_networks_query(kind, networks, only_failures, since, most);
    Ok(query.select_only().column(Column::At).into_tuple().all(db).await?)
}

fn from_networks_query(
    kind: AttemptKind,
    networks: RangeInclusive<Vec<u8>>,
    only_failures: bool,
    since: Timestamp,
    most: u64,
) -> Select<Entity> {
    let (first, last) = networks.into_inner();
    let among = if first == last { Column::Network.eq(first) } else { Column::Network.between(first, last) };
    let query = newest(kind, since, most).filter(among);
    if only_failures { query.filter(Column::Outcome.is_in([Outcome::Pending, Outcome::Failed])) } else { query }
}

fn newest(kind: AttemptKind, since: Timestamp, most: u64) -> Select<Entity> {
    Entity::find().filter(Column::Kind.eq(kind)).filter(Column::At.gt(since)).order_by_desc(Column::At).limit(most)
}

/// Stops counting the failures at an account.
pub async fn forgive(db: &impl ConnectionTrait, kind: AttemptKind, account_id: Uuid) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(Outcome::Forgiven))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Kind.eq(kind))
        .filter(Column::Outcome.is_in([Outcome::Pending, Outcome::Failed]))
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes up to `most` attempts that no limit counts anymore and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, now: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<Entity>(db, Expr::col(Column::ExpiresAt).lte(now), most).await
}

#[cfg(test)]
mod tests {
    use super::{AttemptKind, Timestamp, Uuid, at_account_query, at_subject_query, from_networks_query};
    use crate::crypto::{LookupKeys, SecretKey};
    use crate::store::query_plan::{Plan, empty_store};

    #[tokio::test]
    async fn each_limit_is_one_ordered_index_search() {
        let (store, _folder) = empty_store().await;
        let (kind, since) = (AttemptKind::Password, Timestamp(1_795_435_200_000));
        let key = LookupKeys::new(&SecretKey::from_bytes([1; 32]).into()).key(&["name", "ann"]);
        let plan = Plan::of(&store, &at_subject_query(kind, &key, since, 128)).await;
        assert!(plan.is_one_search_by("attempt_subject"), "{plan:?}");
        let plan = Plan::of(&store, &at_account_query(kind, Uuid::nil(), since, 128)).await;
        assert!(plan.is_one_search_by("attempt_account_id"), "{plan:?}");
        let network = vec![192, 0, 2, 7];
        let plan = Plan::of(&store, &from_networks_query(kind, network.clone()..=network, true, since, 60)).await;
        assert!(plan.is_one_search_by("attempt_network"), "{plan:?}");
    }
}
