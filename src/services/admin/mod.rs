//! Actions of administrators. Each method checks that the user is an administrator. For all other
//! users, the pages appear not to exist.

mod audit_export;
mod audit_log;
mod invitations;
mod mail_queue;
mod otp_log;
mod overview;
mod settings;
mod users;

use uuid::Uuid;

use super::audit::{Audit, AuditEvent};
use super::core::Core;
use super::outcome::ServiceError;
use super::request_context::RequestContext;
use crate::domain::Role;
use crate::store::audit::Actor;
use crate::store::{StoreError, Transaction};

pub use audit_export::AuditExport;
pub use audit_log::{AuditPage, AuditQuery, action_label, actor_name, target_name};
pub use invitations::InvitationsPage;
pub use mail_queue::MailQuery;
pub use otp_log::{OtpPage, OtpQuery};
pub use overview::{AccountCount, Bucket, Overview};
pub use settings::{RuntimeInfo, SystemInfo};
pub use users::{UserActionPage, UserPage, UsersExport, UsersPage, UsersQuery};

/// The services behind `/admin`.
#[derive(Clone, Copy, Debug)]
pub struct AdminService<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn admin(&self) -> AdminService<'_> {
        AdminService { core: self }
    }
}

/// An action in progress: its transaction and the acting administrator. Without a commit, nothing
/// is changed and nothing is logged.
#[derive(Debug)]
pub struct AdminTransaction<'a> {
    pub tx: Transaction,
    pub by: &'a RequestContext,
    /// The administrator's account.
    pub actor_id: Uuid,
    audit: &'a Audit,
}

impl AdminService<'_> {
    /// Begins an action. The administrator's session and role are checked again within the transaction, so that
    /// an administrator who was just signed out or demoted can no longer act.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator.
    pub async fn begin<'a>(&'a self, by: &'a RequestContext) -> Result<AdminTransaction<'a>, ServiceError> {
        let member = by.administrator()?;
        let tx = self.core.store.write().await?;
        match self.core.own_account(&tx, member).await {
            Ok(account) if account.role == Role::Administrator => {}
            Ok(_) | Err(ServiceError::Unauthenticated) => return Err(ServiceError::NotFound),
            Err(error) => return Err(error),
        }
        Ok(AdminTransaction { tx, by, actor_id: member.account_id, audit: &self.core.audit })
    }

    /// Same as [`AdminService::begin`], but for actions that cannot be undone: the administrator
    /// must have recently authenticated.
    ///
    /// # Errors
    /// Those of [`AdminService::begin`], or [`ServiceError::ReauthenticationRequired`] if the administrator last
    /// authenticated more than five minutes ago.
    pub async fn begin_reauthenticated<'a>(
        &'a self,
        by: &'a RequestContext,
    ) -> Result<AdminTransaction<'a>, ServiceError> {
        by.administrator()?;
        by.recently_authenticated(self.core.clock.now())?;
        self.begin(by).await
    }
}

impl AdminTransaction<'_> {
    /// Writes the audit log entry and commits it together with the action.
    ///
    /// # Errors
    /// An internal error. Nothing is then changed.
    pub async fn commit(self, event: AuditEvent<'_>) -> Result<(), StoreError> {
        self.audit.record(&self.tx, Actor::Administrator(self.actor_id), Some(self.by.ip), event).await?;
        self.tx.commit().await
    }
}
