//! Actions of administrators on an account. Each is one transaction that includes the audit log
//! entry, the entry in the owner's security log, and the notification to the owner.

use uuid::Uuid;

use super::detail::account_status;
use super::{AdminService, rules};
use crate::domain::{AuditReason, FieldErrors, NoticeKind, Role, UserAction};
use crate::mail::ByAdministrator;
use crate::paths;
use crate::services::access_revocation;
use crate::services::audit::AuditEvent;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::store::accounts::{self, Account};
use crate::store::{StoreError, Transaction, account_deletion};

/// The actor, as shown to the owner.
const BY: &str = "By an administrator";

impl AdminService<'_> {
    /// Applies an action to an account. The reason is stored in the audit log.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator or there is no such account,
    /// an error next to `reason`, [`ServiceError::ReauthenticationRequired`] if the action requires recent
    /// authentication, or [`ServiceError::Refused`] if the action does not apply to the account.
    /// Nothing is written in any of these cases.
    pub async fn change_user(
        &self,
        id: Uuid,
        action: UserAction,
        reason: &str,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        by.administrator()?;
        let reason = AuditReason::parse(reason).map_err(|error| FieldErrors::one("reason", error))?;
        let spec = action.spec();
        let admin_tx = if spec.needs_password { self.begin_reauthenticated(by).await? } else { self.begin(by).await? };
        let tx = &admin_tx.tx;
        let account = accounts::by_id(tx, id).await?.ok_or(ServiceError::NotFound)?;
        let own = id == admin_tx.actor_id;
        if let Some(refusal) = rules::refusal(action, account_status(tx, &account, admin_tx.actor_id).await?) {
            return Err(ServiceError::Refused(refusal));
        }
        self.core.security_log().record_admin_action(tx, id, spec.event, BY).await?;
        if let Some(notification) = notification(action) {
            self.core.notifications().send_admin_action(tx, &account, notification).await?;
        }
        self.apply(tx, action, &account).await?;
        admin_tx.commit(AuditEvent::to(spec.audit, id).because(&reason)).await?;
        self.core.mailer.wake();
        let to = match action {
            UserAction::Delete => paths::ADMIN_USERS.to_owned(),
            // Users who remove their own administrator role no longer have access here.
            UserAction::MakeUser if own => paths::DASHBOARD.to_owned(),
            _ => format!("{}/{id}", paths::ADMIN_USERS),
        };
        let message = match action {
            UserAction::MakeUser if own => "You're no longer an administrator.".to_owned(),
            _ => spec.success_message(account.username.as_str()),
        };
        Ok(NextStep::go(to).with_notice(NoticeKind::Success, message))
    }

    async fn apply(&self, tx: &Transaction, action: UserAction, account: &Account) -> Result<(), StoreError> {
        let (id, now) = (account.id, self.core.clock.now());
        match action {
            UserAction::Disable => {
                accounts::disable(tx, id, now).await?;
                access_revocation::revoke_all_access(tx, account, now).await
            }
            UserAction::Enable => accounts::enable(tx, id).await,
            UserAction::EndSessions | UserAction::StartRecovery => access_revocation::end_sessions(tx, id).await,
            UserAction::ResetTwoStep => {
                self.core.second_factor().remove_all(tx, id).await?;
                access_revocation::end_sessions(tx, id).await
            }
            UserAction::MakeAdministrator => accounts::set_role(tx, id, Role::Administrator).await,
            UserAction::MakeUser => accounts::set_role(tx, id, Role::User).await,
            UserAction::Delete => account_deletion::remove(tx, id, account.email.key()).await,
        }
    }
}

/// Returns the notification to the owner. Ended sessions are not announced, because the owner
/// sees them.
fn notification(action: UserAction) -> Option<ByAdministrator> {
    Some(match action {
        UserAction::EndSessions => return None,
        UserAction::Disable => ByAdministrator::Disabled,
        UserAction::Enable => ByAdministrator::Enabled,
        UserAction::StartRecovery => ByAdministrator::RecoveryStarted,
        UserAction::ResetTwoStep => ByAdministrator::TwoStepReset,
        UserAction::MakeAdministrator => ByAdministrator::MadeAdministrator,
        UserAction::MakeUser => ByAdministrator::MadeUser,
        UserAction::Delete => ByAdministrator::Deleted,
    })
}
