//! Actions of administrators on an account. Each is one transaction that includes the audit log
//! entry, the entry in the owner's security log, and the notification to the owner.

use crate::server::store::Transaction;
use uuid::Uuid;

use super::detail::standing;
use super::{Administration, rules};
use crate::domain::{AuditAction, FieldErrors, NoticeKind, Reason, Role, SecurityEvent, UserDeed};
use crate::paths;
use crate::server::mail::ByAdministrator;
use crate::server::services::audit::Note;
use crate::server::services::closing;
use crate::server::services::outcome::{Done, ServiceError};
use crate::server::services::requester::Requester;
use crate::server::store::accounts::{self, Account};
use crate::server::store::{StoreError, passkeys, recovery_codes, removal, sessions, totp, trusted_browsers};

/// The actor, as shown to the owner.
const BY: &str = "By an administrator";

impl Administration {
    /// Applies an action to an account. The reason is stored in the audit log.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] if the user is not an administrator or there is no such account,
    /// an error next to `reason`, [`ServiceError::Confirm`] if the action requires recent
    /// authentication, or [`ServiceError::Refused`] if the action does not apply to the account.
    /// Nothing is written in any of these cases.
    pub async fn change_user(
        &self,
        id: Uuid,
        deed: UserDeed,
        reason: &str,
        by: &Requester,
    ) -> Result<Done, ServiceError> {
        by.administrator()?;
        let reason = Reason::parse(reason).map_err(|error| FieldErrors::one("reason", error))?;
        let under_way = if deed.wants_password() { self.begin_fresh(by).await? } else { self.begin(by).await? };
        let tx = &under_way.tx;
        let account = accounts::by_id(tx, id).await?.ok_or(ServiceError::NotThere)?;
        let own = id == under_way.actor_id;
        if let Some(refusal) = rules::refusal(deed, standing(tx, &account, under_way.actor_id).await?) {
            return Err(ServiceError::Refused(refusal));
        }
        self.log.note_from_operators(tx, id, event_of(deed), BY).await?;
        if let Some(deed) = mail_of(deed) {
            self.notices.tell_by_administrator(tx, &account, deed).await?;
        }
        self.carry_out(tx, deed, &account).await?;
        under_way.commit(Note::to(action_of(deed), id).because(&reason)).await?;
        self.notices.wake();
        let to = match deed {
            UserDeed::Delete => paths::ADMIN_USERS.to_owned(),
            // Users who remove their own administrator role no longer have access here.
            UserDeed::MakeUser if own => paths::DASHBOARD.to_owned(),
            _ => format!("{}/{id}", paths::ADMIN_USERS),
        };
        Ok(Done::go(to).saying(NoticeKind::Success, said(deed, account.username.as_str(), own)))
    }

    async fn carry_out(&self, tx: &Transaction, deed: UserDeed, account: &Account) -> Result<(), StoreError> {
        let (id, now) = (account.id, self.clock.now());
        match deed {
            UserDeed::Disable => {
                accounts::disable(tx, id, now).await?;
                closing::end_all(tx, account, now).await
            }
            UserDeed::Enable => accounts::enable(tx, id).await,
            UserDeed::EndSessions | UserDeed::StartRecovery => end_sessions(tx, id).await,
            UserDeed::ResetTwoStep => {
                totp::remove(tx, id).await?;
                passkeys::remove_all(tx, id).await?;
                recovery_codes::remove_all(tx, id).await?;
                trusted_browsers::forget_all(tx, id).await?;
                end_sessions(tx, id).await
            }
            UserDeed::MakeAdministrator => accounts::set_role(tx, id, Role::Administrator).await,
            UserDeed::MakeUser => accounts::set_role(tx, id, Role::User).await,
            UserDeed::Delete => removal::remove(tx, id, account.email.key()).await,
        }
    }
}

/// Ends all sessions, including sign-ins that are waiting for their second factor, from the next
/// request.
async fn end_sessions(tx: &Transaction, id: Uuid) -> Result<(), StoreError> {
    accounts::end_sessions(tx, id).await?;
    sessions::end_all(tx, id).await
}

fn action_of(deed: UserDeed) -> AuditAction {
    match deed {
        UserDeed::Disable => AuditAction::AccountDisabled,
        UserDeed::Enable => AuditAction::AccountEnabled,
        UserDeed::EndSessions => AuditAction::SessionsEnded,
        UserDeed::StartRecovery => AuditAction::RecoveryStarted,
        UserDeed::ResetTwoStep => AuditAction::TwoStepReset,
        UserDeed::MakeAdministrator => AuditAction::MadeAdministrator,
        UserDeed::MakeUser => AuditAction::MadeUser,
        UserDeed::Delete => AuditAction::AccountDeleted,
    }
}

/// The entry in the owner's security log.
fn event_of(deed: UserDeed) -> SecurityEvent {
    match deed {
        UserDeed::Disable => SecurityEvent::AccountDisabled,
        UserDeed::Enable => SecurityEvent::AccountEnabled,
        UserDeed::EndSessions => SecurityEvent::SessionsEnded,
        UserDeed::StartRecovery => SecurityEvent::RecoveryStarted,
        UserDeed::ResetTwoStep => SecurityEvent::TwoStepReset,
        UserDeed::MakeAdministrator => SecurityEvent::MadeAdministrator,
        UserDeed::MakeUser => SecurityEvent::MadeUser,
        UserDeed::Delete => SecurityEvent::AccountDeleted,
    }
}

/// The notification to the owner. Ended sessions are not announced, because the owner sees them.
fn mail_of(deed: UserDeed) -> Option<ByAdministrator> {
    Some(match deed {
        UserDeed::EndSessions => return None,
        UserDeed::Disable => ByAdministrator::Disabled,
        UserDeed::Enable => ByAdministrator::Enabled,
        UserDeed::StartRecovery => ByAdministrator::RecoveryStarted,
        UserDeed::ResetTwoStep => ByAdministrator::TwoStepReset,
        UserDeed::MakeAdministrator => ByAdministrator::MadeAdministrator,
        UserDeed::MakeUser => ByAdministrator::MadeUser,
        UserDeed::Delete => ByAdministrator::Deleted,
    })
}

/// The message shown to the administrator after the action.
fn said(deed: UserDeed, name: &str, own: bool) -> String {
    match deed {
        UserDeed::Disable => format!("{name} has been disabled and signed out everywhere."),
        UserDeed::Enable => format!("{name} can sign in again."),
        UserDeed::EndSessions => format!("{name} has been signed out everywhere."),
        UserDeed::StartRecovery => {
            format!("{name} has been signed out everywhere and will get an email to reset the password.")
        }
        UserDeed::ResetTwoStep => format!("Two-step sign-in reset for {name}."),
        UserDeed::MakeAdministrator => format!("{name} is now an administrator."),
        UserDeed::MakeUser if own => "You're no longer an administrator.".to_owned(),
        UserDeed::MakeUser => format!("Admin role removed from {name}."),
        UserDeed::Delete => format!("{name} has been deleted."),
    }
}
