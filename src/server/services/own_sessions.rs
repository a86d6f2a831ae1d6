//! Viewing and ending a user's own sessions.

use crate::server::store::Transaction;
use uuid::Uuid;

use super::device_words::device_in_words;
use super::outcome::{Done, Fault, ServiceError};
use super::requester::{Member, Requester};
use super::security_log::SecurityLog;
use crate::domain::{NoticeKind, SecurityEvent};
use crate::paths;
use crate::server::store::sessions::{self, LiveSession, Sessions, SignedIn};
use crate::server::store::{Store, StoreError, accounts};

/// Maximum number of sessions listed.
pub const LISTED: u64 = 100;

const NOT_THERE: &str = "That session has already ended.";

/// The service behind `/account/sessions` and signing out.
#[derive(Clone, Debug)]
pub struct OwnSessions {
    pub store: Store,
    pub sessions: Sessions,
    pub log: SecurityLog,
}

/// The outcome of ending a session.
#[derive(Clone, Debug)]
pub enum Ending {
    /// It is the current session: sign out.
    ThisOne,
    Another(Done),
}

impl OwnSessions {
    /// Returns the user's valid sessions, newest first, up to [`LISTED`].
    ///
    /// # Errors
    /// [`ServiceError::SignIn`] if the user is not signed in.
    pub async fn live(&self, by: &Requester) -> Result<Vec<LiveSession>, ServiceError> {
        let member = by.member()?;
        Ok(self.sessions.live(member.account_id, member.epoch, LISTED).await?)
    }

    /// Ends one of the user's sessions by its public id.
    ///
    /// # Errors
    /// [`ServiceError::SignIn`] if the user is not signed in, or [`ServiceError::Refused`] if they
    /// have no such session.
    pub async fn end(&self, handle: &str, by: &Requester) -> Result<Ending, ServiceError> {
        let member = by.member()?;
        let Ok(handle) = Uuid::try_parse(handle) else { return Err(ServiceError::Refused(NOT_THERE)) };
        if handle == member.session {
            return Ok(Ending::ThisOne);
        }
        let tx = self.store.write().await?;
        self.still_signed_in(&tx, member).await?;
        let Some(ended) = sessions::end(&tx, member.account_id, handle).await? else {
            return Err(ServiceError::Refused(NOT_THERE));
        };
        self.log.note_about(&tx, member.account_id, SecurityEvent::SessionEnded, &in_words(&ended), by).await?;
        tx.commit().await?;
        tracing::info!(event = "session.ended", account = %member.account_id, ip = %by.ip);
        let done = Done::go(paths::ACCOUNT_SESSIONS);
        let browser = device_in_words(&ended.user_agent);
        Ok(Ending::Another(done.saying(NoticeKind::Success, format!("Session ended: {browser}."))))
    }

    /// Ends all of the user's sessions except the current one, and all sign-ins in progress.
    /// Returns the account's new epoch, with which the current session continues.
    ///
    /// # Errors
    /// [`ServiceError::SignIn`] if the user is not signed in.
    pub async fn end_others(&self, by: &Requester) -> Result<(Done, i32), ServiceError> {
        let member = by.member()?;
        let tx = self.store.write().await?;
        self.still_signed_in(&tx, member).await?;
        sessions::end_others(&tx, member.account_id, member.session).await?;
        accounts::end_sessions(&tx, member.account_id).await?;
        self.log.note(&tx, member.account_id, SecurityEvent::OtherSessionsEnded, by).await?;
        tx.commit().await?;
        tracing::info!(event = "session.others_ended", account = %member.account_id, ip = %by.ip);
        let done = Done::go(paths::ACCOUNT_SESSIONS);
        Ok((done.saying(NoticeKind::Success, "You've been signed out on all other devices."), member.epoch + 1))
    }

    /// Ends the current session, if the user is signed in.
    pub async fn sign_out(&self, by: &Requester) -> Result<(), Fault> {
        let Some(member) = &by.member else { return Ok(()) };
        let tx = self.store.write().await?;
        if sessions::end(&tx, member.account_id, member.session).await?.is_some() {
            self.log.note(&tx, member.account_id, SecurityEvent::SignedOut, by).await?;
        }
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }

    /// Checks that the session still exists. If two browsers end each other's sessions at the same
    /// time, the second one finds its own session ended and does nothing.
    async fn still_signed_in(&self, tx: &Transaction, member: &Member) -> Result<(), ServiceError> {
        let account = accounts::by_id(tx, member.account_id).await?;
        let goes_on = account.is_some_and(|account| account.holds(member.epoch))
            && sessions::is_there(tx, member.account_id, member.session).await?;
        if goes_on { Ok(()) } else { Err(ServiceError::SignIn) }
    }
}

fn in_words(ended: &SignedIn) -> String {
    format!("{}, signed in from {}", device_in_words(&ended.user_agent), ended.ip)
}
