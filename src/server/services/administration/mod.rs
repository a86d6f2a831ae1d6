//! What administrators do. Every method finds out by itself whether it is one
//! who asks: to anybody else there is nothing.

mod audit_export;
mod audit_log;
mod invitations;
mod mail_queue;
mod otp_log;
mod overview;
mod settings;
mod users;

use crate::server::store::Transaction;
use uuid::Uuid;

use super::audit::{Audit, Note};
use super::notices::Notices;
use super::outcome::ServiceError;
use super::requester::Requester;
use super::security_log::SecurityLog;
use crate::domain::{RegistrationMode, Role};
use crate::server::clock::Clock;
use crate::server::limits::Limits;
use crate::server::mail::Mailer;
use crate::server::rng::Rng;
use crate::server::store::audit::Actor;
use crate::server::store::sessions::Sessions;
use crate::server::store::{Store, StoreError, accounts};

pub use audit_export::AuditExport;
pub use audit_log::{AuditPage, AuditQuery};
pub use invitations::InvitationsPage;
pub use mail_queue::MailQuery;
pub use otp_log::{OtpPage, OtpQuery};
pub use overview::{AccountCount, Overview, Piece};
pub use settings::{About, RunsWith};
pub use users::{UserDeedPage, UserPage, UsersExport, UsersPage, UsersQuery};

/// The services behind `/admin`.
#[derive(Clone, Debug)]
pub struct Administration {
    pub store: Store,
    pub audit: Audit,
    pub sessions: Sessions,
    pub notices: Notices,
    pub log: SecurityLog,
    pub mailer: Mailer,
    /// Who may register.
    pub registration: RegistrationMode,
    pub limits: Limits,
    pub account_count: AccountCount,
    pub about: About,
    pub clock: Clock,
    pub rng: Rng,
}

/// A deed under way: its transaction, and the administrator who does it. What
/// is not committed did not happen, and is not in the log.
#[derive(Debug)]
pub struct Deed<'a> {
    pub tx: Transaction,
    pub by: &'a Requester,
    /// The administrator's account.
    pub actor_id: Uuid,
    audit: &'a Audit,
}

impl Administration {
    /// Begins a deed of the administrator who asks, as they are in the very
    /// transaction: who was demoted a moment ago does nothing more.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] to everybody else; faults.
    pub async fn begin<'a>(&'a self, by: &'a Requester) -> Result<Deed<'a>, ServiceError> {
        let member = by.administrator()?;
        let tx = self.store.write().await?;
        let account = accounts::by_id(&tx, member.account_id).await?;
        let still = account.is_some_and(|it| it.holds(member.epoch) && it.role == Role::Administrator);
        if !still {
            return Err(ServiceError::NotThere);
        }
        Ok(Deed { tx, by, actor_id: member.account_id, audit: &self.audit })
    }

    /// As [`Administration::begin`], for what cannot be taken back: the password
    /// or a passkey was just given.
    ///
    /// # Errors
    /// As there, and [`ServiceError::Confirm`] when that was more than five minutes ago.
    pub async fn begin_fresh<'a>(&'a self, by: &'a Requester) -> Result<Deed<'a>, ServiceError> {
        by.administrator()?;
        by.fresh_member(self.clock.now())?;
        self.begin(by).await
    }
}

impl Deed<'_> {
    /// Writes the deed down and commits both.
    ///
    /// # Errors
    /// Only faults; then nothing was done.
    pub async fn commit(self, note: Note<'_>) -> Result<(), StoreError> {
        self.audit.note(&self.tx, Actor::Administrator(self.actor_id), Some(self.by.ip), note).await?;
        Ok(self.tx.commit().await?)
    }
}
