//! One user, with what administrators may know of them.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::Administration;
use super::rules::{self, Standing};
use crate::domain::{Timestamp, UserDeed};
use crate::server::services::outcome::ServiceError;
use crate::server::services::own_sessions;
use crate::server::services::requester::Requester;
use crate::server::store::accounts::{self, Account};
use crate::server::store::audit::{self, Entry};
use crate::server::store::security_events::{self, Event};
use crate::server::store::sessions::LiveSession;
use crate::server::store::users::{self, IssuedCode};
use crate::server::store::{StoreError, passkeys, recovery_codes, totp, trusted_browsers};

/// Newest rows of each log that a user's page shows.
const NEWEST: u64 = 20;

/// A user, as they are now.
#[derive(Clone, Debug)]
pub struct UserPage {
    pub account: Account,
    /// Since when there is an authenticator app.
    pub app_since: Option<Timestamp>,
    pub passkeys: u64,
    pub recovery_codes_left: u64,
    /// Browsers that are excused from the second step.
    pub trusted_browsers: usize,
    /// The newest first.
    pub sessions: Vec<LiveSession>,
    pub codes: Vec<IssuedCode>,
    pub events: Vec<Event>,
    /// What was done to them.
    pub entries: Vec<Entry>,
    /// The names of the accounts in `entries` that are still there.
    pub names: HashMap<Uuid, String>,
    /// What can be done to them now.
    pub deeds: Vec<UserDeed>,
    /// Whether it is the administrator who asks.
    pub own: bool,
}

/// What the page of a deed tells of whom it is done to.
#[derive(Clone, Debug)]
pub struct UserDeedPage {
    pub account: Account,
    /// Why it is not done.
    pub refusal: Option<&'static str>,
}

impl Administration {
    /// Everything about a user that administrators may know.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] when there is no such account, and to whoever
    /// is no administrator; faults.
    pub async fn user(&self, id: Uuid, by: &Requester) -> Result<UserPage, ServiceError> {
        let me = by.administrator()?.account_id;
        let (db, now) = (self.store.reader(), self.clock.now());
        let account = accounts::by_id(db, id).await?.ok_or(ServiceError::NotThere)?;
        let standing = standing(db, &account, me).await?;
        let entries =
            audit::newest(db, &audit::Filter { target: Some(id), ..Default::default() }, None, NEWEST).await?;
        let ids = entries.iter().flat_map(|entry| [entry.actor_id, entry.target_id]).flatten().collect();
        // A closed account has no session that counts, whatever rows there are.
        let sessions = self.sessions.live(id, account.epoch, own_sessions::LISTED).await?;
        Ok(UserPage {
            app_since: totp::find(db, id).await?.map(|seed| seed.since),
            passkeys: passkeys::count(db, id).await?,
            recovery_codes_left: recovery_codes::left(db, id).await?,
            trusted_browsers: trusted_browsers::of_account(db, id, now).await?.len(),
            sessions: sessions.into_iter().filter(|_| account.is_open()).collect(),
            codes: users::newest_codes(db, account.email.key(), now, NEWEST).await?,
            events: security_events::newest(db, id, None, NEWEST).await?,
            names: accounts::names(db, ids).await?,
            entries,
            deeds: UserDeed::ALL.into_iter().filter(|deed| rules::refusal(*deed, standing).is_none()).collect(),
            own: id == me,
            account,
        })
    }

    /// Whom a deed would be done to, and whether it would.
    ///
    /// # Errors
    /// As [`Administration::user`].
    pub async fn user_deed(&self, id: Uuid, deed: UserDeed, by: &Requester) -> Result<UserDeedPage, ServiceError> {
        let me = by.administrator()?.account_id;
        let db = self.store.reader();
        let account = accounts::by_id(db, id).await?.ok_or(ServiceError::NotThere)?;
        let refusal = rules::refusal(deed, standing(db, &account, me).await?);
        Ok(UserDeedPage { account, refusal })
    }
}

/// What decides which deeds make sense on an account.
pub(super) async fn standing(db: &impl ConnectionTrait, account: &Account, me: Uuid) -> Result<Standing, StoreError> {
    Ok(Standing {
        state: account.state(),
        role: account.role,
        two_step: !users::with_two_steps(db, &[account.id]).await?.is_empty(),
        own: account.id == me,
        another_administrator: accounts::is_another_administrator(db, account.id).await?,
    })
}
