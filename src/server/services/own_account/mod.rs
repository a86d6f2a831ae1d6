//! What a person who is signed in does with their own account. One verb, one
//! file; each is checked once more within its transaction, since the session
//! may have ended while a password was looked at.

mod deletion;
mod email;
mod email_code;
mod export;
mod password;
mod username;

use crate::server::store::Transaction;

pub use email_code::Awaited;

use super::codes::Codes;
use super::confirmation::Confirmation;
use super::email_rules::EmailRules;
use super::notices::Notices;
use super::outcome::ServiceError;
use super::requester::{Member, Requester};
use super::security_log::SecurityLog;
use crate::server::clock::Clock;
use crate::server::crypto::PasswordPolicy;
use crate::server::limits::Limits;
use crate::server::rng::Rng;
use crate::server::store::accounts::{self, Account};
use crate::server::store::{Store, StoreError};

/// The service behind `/account` and the pages below it that are not about
/// signing in.
#[derive(Clone, Debug)]
pub struct OwnAccount {
    pub store: Store,
    pub codes: Codes,
    pub confirmation: Confirmation,
    pub policy: PasswordPolicy,
    pub emails: EmailRules,
    pub notices: Notices,
    pub log: SecurityLog,
    pub limits: Limits,
    pub clock: Clock,
    pub rng: Rng,
}

impl OwnAccount {
    /// The account of a person, unless their session has ended meanwhile.
    async fn own(&self, tx: &Transaction, member: &Member) -> Result<Account, ServiceError> {
        let account = accounts::by_id(tx, member.account_id).await?;
        account.filter(|it| it.holds(member.epoch)).ok_or(ServiceError::SignIn)
    }

    /// The account of a person as it is now, for what does not change it.
    async fn present(&self, by: &Requester) -> Result<Account, ServiceError> {
        let member = by.member()?;
        let account = accounts::by_id(self.store.reader(), member.account_id).await?;
        account.ok_or(ServiceError::SignIn)
    }

    async fn commit(&self, tx: Transaction) -> Result<(), StoreError> {
        tx.commit().await?;
        self.notices.wake();
        Ok(())
    }
}
