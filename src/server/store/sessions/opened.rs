//! The session and the account of a request.

use std::collections::HashMap;

use sea_orm::EntityTrait as _;
use serde::de::DeserializeOwned;
use tower_sessions::session::Id;

use super::{SECOND_STEP, SIGNED_IN, SecondStep, Sessions, SignedIn, digest};
use crate::server::store::StoreError;
use crate::server::store::accounts::{self, Account};
use crate::server::store::entity::account;
use crate::server::store::entity::session::Entity;

/// What a live session holds, and the account it belongs to. Read by one query:
/// every request of somebody who is signed in begins with it.
#[derive(Debug)]
pub struct Opened {
    data: HashMap<String, serde_json::Value>,
    /// As its row is, whoever may still sign in to it.
    pub account: Option<Account>,
}

impl Opened {
    /// Who is signed in.
    #[must_use]
    pub fn signed_in(&self) -> Option<SignedIn> {
        self.get(SIGNED_IN)
    }

    /// Whose second step is due.
    #[must_use]
    pub fn second_step(&self) -> Option<SecondStep> {
        self.get(SECOND_STEP)
    }

    /// Whether something is kept under this key.
    #[must_use]
    pub fn holds(&self, key: &str) -> bool {
        self.data.contains_key(key)
    }

    /// What another version wrote and this one cannot read is not there.
    fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        T::deserialize(self.data.get(key)?).ok()
    }
}

impl Sessions {
    /// The session with this id, if it has not come to an end. Unless it is a page
    /// that asks by itself, the session is noted to be in use.
    ///
    /// # Errors
    /// Only faults.
    pub async fn open(&self, id: &Id, by_itself: bool) -> Result<Option<Opened>, StoreError> {
        let both = Entity::find_by_id(digest(id)).find_also_related(account::Entity);
        let Some((row, account)) = both.one(self.store.reader()).await? else { return Ok(None) };
        let now = self.clock.now();
        if self.is_over(&row, now) {
            return Ok(None);
        }
        if !by_itself {
            self.touch(&row, now).await?;
        }
        let data = serde_json::from_str(&row.data).map_err(|_| StoreError::Corrupt("session.data"))?;
        Ok(Some(Opened { data, account: account.map(accounts::read).transpose()? }))
    }
}
