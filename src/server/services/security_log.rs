//! What happened to an account, told to its owner.

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

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

/// Which page of the log is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Newest,
    /// The one that ends before this event.
    Before(Uuid),
    /// The one that begins after this event.
    After(Uuid),
}

/// A page of the log, its newest event first.
#[derive(Clone, Debug)]
pub struct LogPage {
    pub events: Vec<Event>,
    /// Whether there may be newer ones.
    pub newer: bool,
    /// Whether there are older ones.
    pub older: bool,
}

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
        tx: &DatabaseTransaction,
        account_id: Uuid,
        event: SecurityEvent,
        by: &Requester,
    ) -> Result<Uuid, StoreError> {
        self.write(tx, account_id, event, None, by).await
    }

    /// As [`SecurityLog::note`], with what it was about in a few words.
    ///
    /// # Errors
    /// Only faults.
    pub async fn note_about(
        &self,
        tx: &DatabaseTransaction,
        account_id: Uuid,
        event: SecurityEvent,
        detail: &str,
        by: &Requester,
    ) -> Result<Uuid, StoreError> {
        self.write(tx, account_id, event, Some(detail.chars().take(DETAIL_MAX).collect()), by).await
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

    /// A page of the log of the person who asks. What lies beyond either end
    /// of the log is the newest one.
    ///
    /// # Errors
    /// Nobody is signed in; faults.
    pub async fn page(&self, place: Place, by: &Requester) -> Result<LogPage, ServiceError> {
        let account_id = by.member()?.account_id;
        let db = self.store.reader();
        // One more than is shown tells whether it goes on.
        let most = u64::from(PAGE) + 1;
        let page = match place {
            Place::Newest => Vec::new(),
            Place::Before(event) => security_events::newest(db, account_id, Some(event), most).await?,
            Place::After(event) => security_events::next_after(db, account_id, event, most).await?,
        };
        let full = page.len() > usize::from(PAGE);
        let events = match place {
            Place::Before(_) if !page.is_empty() => page,
            // The first of them is what tells that there are newer ones.
            Place::After(_) if full => page.into_iter().skip(1).collect(),
            _ => return self.newest_page(account_id).await,
        };
        Ok(LogPage { events: events.into_iter().take(usize::from(PAGE)).collect(), newer: true, older: full })
    }

    async fn newest_page(&self, account_id: Uuid) -> Result<LogPage, ServiceError> {
        let mut events = security_events::newest(self.store.reader(), account_id, None, u64::from(PAGE) + 1).await?;
        let older = events.len() > usize::from(PAGE);
        events.truncate(usize::from(PAGE));
        Ok(LogPage { events, newer: false, older })
    }

    async fn write(
        &self,
        tx: &DatabaseTransaction,
        account_id: Uuid,
        event: SecurityEvent,
        detail: Option<String>,
        by: &Requester,
    ) -> Result<Uuid, StoreError> {
        let at = self.clock.now();
        let id = self.rng.id(at);
        let (ip, user_agent) = (by.ip.to_string(), by.user_agent.clone());
        security_events::insert(tx, NewEvent { id, account_id, event, detail, at, ip, user_agent }).await?;
        Ok(id)
    }
}
