//! Transactions in which signed-in users change their own account.
//!
//! The session is read before the request gets the writer, and may end while the request waits for it or checks a
//! password. Therefore the session and the account are read again within the transaction. Services get both only
//! together, so that no change is made for a session that has ended.

use std::fmt;

use sea_orm::ConnectionTrait;

use super::core::Core;
use super::outcome::ServiceError;
use super::request_context::{AuthenticatedUser, RequestContext};
use crate::mail::Mailer;
use crate::store::accounts::{self, Account};
use crate::store::lineage::Lineage;
use crate::store::{StoreError, Transaction, sessions};

/// A change of an account by its signed-in user. Without a commit, nothing is changed.
pub struct AccountTransaction<'a> {
    pub tx: Transaction,
    /// The user's account, as of this transaction.
    pub account: Account,
    pub member: &'a AuthenticatedUser,
    mailer: &'a Mailer,
}

impl Core {
    /// Begins a change of the user's own account.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in or the session has ended in the meantime.
    pub async fn begin_own<'a>(&'a self, by: &'a RequestContext) -> Result<AccountTransaction<'a>, ServiceError> {
        by.member()?;
        self.continue_own(self.store.write().await?, by).await
    }

    /// Same as [`Core::begin_own`], for changes that need a password or a passkey of the last five minutes.
    ///
    /// # Errors
    /// Those of [`Core::begin_own`], or [`ServiceError::ReauthenticationRequired`].
    pub async fn begin_own_reauthenticated<'a>(
        &'a self,
        by: &'a RequestContext,
    ) -> Result<AccountTransaction<'a>, ServiceError> {
        by.recently_authenticated(self.clock.now())?;
        self.begin_own(by).await
    }

    /// Same as [`Core::begin_own`], for changes of factors: they need the strongest authentication that the account
    /// has, within the last five minutes.
    ///
    /// # Errors
    /// Those of [`Core::begin_own`], [`ServiceError::ReauthenticationRequired`] or
    /// [`ServiceError::SecondFactorRequired`].
    pub async fn begin_own_with_all_factors<'a>(
        &'a self,
        by: &'a RequestContext,
    ) -> Result<AccountTransaction<'a>, ServiceError> {
        by.authenticated_with_all_factors(self.clock.now())?;
        self.begin_own(by).await
    }

    /// Continues a transaction that verified a code or a passkey as a change of the user's own account.
    ///
    /// # Errors
    /// Same as [`Core::begin_own`].
    pub async fn continue_own<'a>(
        &'a self,
        tx: Transaction,
        by: &'a RequestContext,
    ) -> Result<AccountTransaction<'a>, ServiceError> {
        let member = by.member()?;
        let account = self.own_account(&tx, member).await?;
        Ok(AccountTransaction { tx, account, member, mailer: &self.mailer })
    }

    /// Returns the user's account, unless the session has ended in the meantime.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the session has ended, the account has a newer session version, or it is
    /// closed.
    pub async fn own_account(
        &self,
        db: &impl ConnectionTrait,
        member: &AuthenticatedUser,
    ) -> Result<Account, ServiceError> {
        let account = accounts::by_id(db, member.account_id).await?;
        let account = account.filter(|account| account.accepts_session(member.session_version));
        let account = account.ok_or(ServiceError::Unauthenticated)?;
        if sessions::exists(db, account.id, member.session).await? {
            Ok(account)
        } else {
            Err(ServiceError::Unauthenticated)
        }
    }
}

impl AccountTransaction<'_> {
    /// Returns the lineage of what this change adds.
    #[must_use]
    pub fn origin(&self) -> Lineage {
        Lineage::of(self.member.session, &self.member.ancestors)
    }

    /// Commits the change. Its emails, if there are any, are sent from now on.
    ///
    /// # Errors
    /// An internal error. Nothing is then changed.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.tx.commit().await?;
        self.mailer.wake();
        Ok(())
    }
}

impl fmt::Debug for AccountTransaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountTransaction").field("account", &self.account.id).finish_non_exhaustive()
    }
}
