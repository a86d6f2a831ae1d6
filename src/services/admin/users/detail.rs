//! One user, with everything that administrators may see.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::AdminService;
use super::rules::{self, AccountStatus};
use crate::domain::{Timestamp, UserAction};
use crate::limits::SESSIONS_MAX;
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::accounts::{self, Account};
use crate::store::audit::{self, AuditEntry};
use crate::store::security_events::{self, Event};
use crate::store::sessions::LiveSession;
use crate::store::users::{self, IssuedCode};
use crate::store::{Cursor, StoreError, passkeys, recovery_codes, totp, trusted_browsers};

/// Newest rows of each log shown on a user's page.
const NEWEST: u64 = 20;

/// A user's current state.
#[derive(Clone, Debug)]
pub struct UserPage {
    pub account: Account,
    /// When the authenticator app was added.
    pub app_since: Option<Timestamp>,
    pub passkeys: u64,
    pub recovery_codes_left: u64,
    /// Browsers that are exempt from the second factor.
    pub trusted_browsers: usize,
    /// The sessions, newest first.
    pub sessions: Vec<LiveSession>,
    pub codes: Vec<IssuedCode>,
    pub events: Vec<Event>,
    /// Audit log entries about this user.
    pub entries: Vec<AuditEntry>,
    /// The usernames of the accounts in `entries` that still exist.
    pub names: HashMap<Uuid, String>,
    /// The actions that can be applied now.
    pub actions: Vec<UserAction>,
    /// Whether this is the requesting administrator.
    pub own: bool,
}

/// The data for the confirmation page of an action on an account.
#[derive(Clone, Debug)]
pub struct UserActionPage {
    pub account: Account,
    /// Why the action cannot be applied.
    pub refusal: Option<&'static str>,
}

impl AdminService<'_> {
    /// Returns everything that administrators may see about a user.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator or there is no such account.
    pub async fn user(&self, id: Uuid, by: &RequestContext) -> Result<UserPage, ServiceError> {
        let me = by.administrator()?.account_id;
        let (db, now) = (self.core.store.reader(), self.core.clock.now());
        let account = accounts::by_id(db, id).await?.ok_or(ServiceError::NotFound)?;
        let status = account_status(db, &account, me).await?;
        let entries =
            audit::list(db, &audit::Filter { target: Some(id), ..Default::default() }, Cursor::First, NEWEST).await?;
        let ids = entries.iter().flat_map(|entry| [entry.actor_id, entry.target_id]).flatten().collect();
        // A closed account has no valid sessions, even if there are rows.
        let sessions = self.core.sessions.live(id, account.session_version, SESSIONS_MAX).await?;
        Ok(UserPage {
            app_since: totp::find(db, id).await?.map(|seed| seed.since),
            passkeys: passkeys::count(db, id).await?,
            recovery_codes_left: recovery_codes::left(db, id).await?,
            trusted_browsers: trusted_browsers::of_account(db, id, now).await?.len(),
            sessions: sessions.into_iter().filter(|_| account.is_open()).collect(),
            codes: users::newest_codes(db, account.email.key(), now, NEWEST).await?,
            events: security_events::list(db, id, Cursor::First, NEWEST).await?,
            names: accounts::names(db, ids).await?,
            entries,
            actions: UserAction::ALL.into_iter().filter(|action| rules::refusal(*action, status).is_none()).collect(),
            own: id == me,
            account,
        })
    }

    /// Returns the account that an action would apply to and, if the action cannot be applied, the
    /// reason.
    ///
    /// # Errors
    /// Same as [`AdminService::user`].
    pub async fn user_action(
        &self,
        id: Uuid,
        action: UserAction,
        by: &RequestContext,
    ) -> Result<UserActionPage, ServiceError> {
        let me = by.administrator()?.account_id;
        let db = self.core.store.reader();
        let account = accounts::by_id(db, id).await?.ok_or(ServiceError::NotFound)?;
        let refusal = rules::refusal(action, account_status(db, &account, me).await?);
        Ok(UserActionPage { account, refusal })
    }
}

/// Returns what determines which actions apply to an account.
pub(super) async fn account_status(
    db: &impl ConnectionTrait,
    account: &Account,
    me: Uuid,
) -> Result<AccountStatus, StoreError> {
    Ok(AccountStatus {
        state: account.state(),
        role: account.role,
        two_step: !users::with_two_steps(db, &[account.id]).await?.is_empty(),
        own: account.id == me,
        another_administrator: accounts::is_another_administrator(db, account.id).await?,
    })
}
