//! Actions of signed-in users on their own account, one file per action.

mod deletion;
mod email;
mod export;
mod password;
mod username;

use super::core::Core;
use super::outcome::ServiceError;
use super::request_context::RequestContext;
use crate::store::accounts::{self, Account};

/// The service behind `/account` and the pages below it, except those about signing in.
#[derive(Clone, Copy, Debug)]
pub struct AccountSettings<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn account_settings(&self) -> AccountSettings<'_> {
        AccountSettings { core: self }
    }
}

impl AccountSettings<'_> {
    /// Returns the user's account, for use outside of a transaction that changes it.
    async fn current_account(&self, by: &RequestContext) -> Result<Account, ServiceError> {
        let member = by.member()?;
        let account = accounts::by_id(self.core.store.reader(), member.account_id).await?;
        account.ok_or(ServiceError::Unauthenticated)
    }
}
