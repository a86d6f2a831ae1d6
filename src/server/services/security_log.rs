//! What happened to an account, told to its owner.

use crate::server::store::Transaction;
use uuid::Uuid;

use super::keyset::{self, Page, Place};
use super::outcome::{Fault, ServiceError};
use super::requester::Requester;
use crate::domain::SecurityEvent;
use crate::server::clock::Clock;
use crate::server::rng::Rng;
use crate::server::store::security_events::{self, Event, NewEvent};
use crate::server::store::{Store, StoreError};

/// Most characters of what an event was about.
const DETAIL_MAX: usize = 200;
/// Events on a page of the log.
const PAGE: u8 = 50;

/// Writes and reads the log that a person has of their account.
#[derive(Clone, Debug)]
pub struct SecurityLog {
    pub store: Store,
    pub clock: Clock,
    pub rng: Rng,
}

impl SecurityLog {
    /// Writes an event down in the transaction of what happened.
    ///
    /// # Errors
    /// Only faults.
    pub async fn note(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        event: SecurityEvent,
        by: &Requester,
    ) -> Result<Uuid, StoreError> {
        self.write(tx, account_id, event, None, Some(by)).await
    }

    /// As [`SecurityLog::note`], with what it was about in a few words.
    ///
    /// # Errors
    /// Only faults.
    pub async fn note_about(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        event: SecurityEvent,
        detail: &str,
        by: &Requester,
    ) -> Result<Uuid, StoreError> {
        self.write(tx, account_id, event, Some(detail), Some(by)).await
    }

    /// Writes down what those who run the portal did to an account: from where
    /// is not for its owner to read.
    ///
    /// # Errors
    /// Only faults.
    pub async fn note_from_operators(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        event: SecurityEvent,
        detail: &str,
    ) -> Result<Uuid, StoreError> {
        self.write(tx, account_id, event, Some(detail), None).await
    }

    /// The newest `most` events of the person who asks, before the event
    /// `before` if given.
    ///
    /// # Errors
    /// Nobody is signed in; faults.
    pub async fn newest(&self, before: Option<Uuid>, most: u64, by: &Requester) -> Result<Vec<Event>, ServiceError> {
        let member = by.member()?;
        let events = security_events::newest(self.store.reader(), member.account_id, before, most).await;
        Ok(events.map_err(Fault::from)?)
    }

    /// A page of the log of the person who asks.
    ///
    /// # Errors
    /// Nobody is signed in; faults.
    pub async fn page(&self, place: Place<Uuid>, by: &Requester) -> Result<Page<Event>, ServiceError> {
        let account_id = by.member()?.account_id;
        self.page_of(account_id, place).await
    }

    /// A page of an account's log, for those who may see it.
    ///
    /// # Errors
    /// Only faults.
    pub(super) async fn page_of(&self, account_id: Uuid, place: Place<Uuid>) -> Result<Page<Event>, ServiceError> {
        let db = self.store.reader();
        let fetch = |place, most| async move {
            match place {
                Place::Newest => security_events::newest(db, account_id, None, most).await,
                Place::Before(event) => security_events::newest(db, account_id, Some(event), most).await,
                Place::After(event) => security_events::next_after(db, account_id, event, most).await,
            }
        };
        Ok(keyset::page(place, PAGE, fetch).await?)
    }

    async fn write(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        event: SecurityEvent,
        detail: Option<&str>,
        by: Option<&Requester>,
    ) -> Result<Uuid, StoreError> {
        let at = self.clock.now();
        let id = self.rng.id(at);
        let detail = detail.map(|detail| detail.chars().take(DETAIL_MAX).collect());
        let (ip, user_agent) = by.map(|by| (by.ip.to_string(), by.user_agent.clone())).unwrap_or_default();
        security_events::insert(tx, NewEvent { id, account_id, event, detail, at, ip, user_agent }).await?;
        Ok(id)
    }
}
