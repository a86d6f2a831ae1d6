//! Actions of signed-in users on their own account, one file per action. Each action checks the
//! account again within its transaction, because the session may have ended while a password was
//! checked.

mod deletion;
mod email;
mod export;
mod password;
mod username;

use sea_orm::ConnectionTrait;

use super::core::Core;
use super::outcome::ServiceError;
use super::request_context::{AuthenticatedUser, RequestContext};
use crate::store::accounts::{self, Account};
use crate::store::{StoreError, Transaction};

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
    /// Returns the user's account, unless the session has ended in the meantime.
    pub(super) async fn own(
        &self,
        db: &impl ConnectionTrait,
        member: &AuthenticatedUser,
    ) -> Result<Account, ServiceError> {
        let account = accounts::by_id(db, member.account_id).await?;
        account.filter(|it| it.accepts_session(member.session_version)).ok_or(ServiceError::Unauthenticated)
    }

    /// Returns the user's account, for use outside of a transaction that changes it.
    async fn current_account(&self, by: &RequestContext) -> Result<Account, ServiceError> {
        let member = by.member()?;
        let account = accounts::by_id(self.core.store.reader(), member.account_id).await?;
        account.ok_or(ServiceError::Unauthenticated)
    }

    async fn commit(&self, tx: Transaction) -> Result<(), StoreError> {
        tx.commit().await?;
        self.core.mailer.wake();
        Ok(())
    }
}
