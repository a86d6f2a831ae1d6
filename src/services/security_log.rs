//! The security log, which shows users what happened to their account.

use uuid::Uuid;

use super::core::Core;
use super::keyset::{self, Cursor, Page};
use super::outcome::{InternalError, ServiceError};
use super::request_context::RequestContext;
use crate::domain::SecurityEvent;
use crate::store::security_events::{self, Event};
use crate::store::{StoreError, Transaction};

/// Maximum length of an event's detail, in characters.
const DETAIL_MAX: usize = 200;
/// Events per page of the log.
const PAGE: u8 = 50;

/// Writes and reads the security log of an account.
#[derive(Clone, Copy, Debug)]
pub struct SecurityLog<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn security_log(&self) -> SecurityLog<'_> {
        SecurityLog { core: self }
    }
}

impl SecurityLog<'_> {
    /// Writes an event in the transaction of what happened.
    pub async fn record(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        event: SecurityEvent,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        self.write(tx, account_id, event, None, Some(by)).await
    }

    /// Does the same work as [`SecurityLog::record`] and keeps nothing, where there is no account.
    pub async fn record_nothing(
        &self,
        tx: &Transaction,
        event: SecurityEvent,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        security_events::insert_and_delete(tx, self.event(event, None, Some(by))).await
    }

    /// Same as [`SecurityLog::record`], with a short detail.
    pub async fn record_with_detail(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        event: SecurityEvent,
        detail: &str,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        self.write(tx, account_id, event, Some(detail), Some(by)).await
    }

    /// Writes an event for an action of an administrator or the command line. The IP address and
    /// browser are not recorded, because they are not disclosed to the owner.
    pub async fn record_admin_action(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        event: SecurityEvent,
        detail: &str,
    ) -> Result<(), StoreError> {
        self.write(tx, account_id, event, Some(detail), None).await
    }

    /// Returns the user's `most` newest events.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn newest(&self, most: u64, by: &RequestContext) -> Result<Vec<Event>, ServiceError> {
        let member = by.member()?;
        let events = security_events::list(self.core.store.reader(), member.account_id, Cursor::First, most).await;
        Ok(events.map_err(InternalError::from)?)
    }

    /// Returns a page of the user's log.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn page(&self, cursor: Cursor<Uuid>, by: &RequestContext) -> Result<Page<Event>, ServiceError> {
        let account_id = by.member()?.account_id;
        self.page_of(account_id, cursor).await
    }

    /// Returns a page of an account's log. The caller checks that the user may see it.
    pub(super) async fn page_of(&self, account_id: Uuid, cursor: Cursor<Uuid>) -> Result<Page<Event>, ServiceError> {
        let db = self.core.store.reader();
        let fetch = |cursor, most| security_events::list(db, account_id, cursor, most);
        Ok(keyset::page(cursor, PAGE, fetch).await?)
    }

    async fn write(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        event: SecurityEvent,
        detail: Option<&str>,
        by: Option<&RequestContext>,
    ) -> Result<(), StoreError> {
        security_events::insert(tx, account_id, self.event(event, detail, by)).await
    }

    fn event(&self, event: SecurityEvent, detail: Option<&str>, by: Option<&RequestContext>) -> Event {
        let at = self.core.clock.now();
        let id = self.core.rng.id(at);
        let detail = detail.map(|detail| detail.chars().take(DETAIL_MAX).collect());
        let (ip, user_agent) = by.map(|by| (by.ip.to_string(), by.user_agent.clone())).unwrap_or_default();
        Event { id, event, detail, at, ip, user_agent }
    }
}
