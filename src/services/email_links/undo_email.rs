//! Restoring a previous email.

use super::{EmailLinks, redirect};
use crate::domain::{NoticeKind, SecurityEvent, Timestamp};
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::access_revocation;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::store::accounts::{self, Account};
use crate::store::mail_links::MailLink;
use crate::store::{Transaction, email_changes};

impl EmailLinks<'_> {
    /// Undoes a change of the email and all later ones, because an attacker could otherwise keep
    /// the account by changing the email twice. Also removes the factors that the sessions added which made these
    /// changes, and cancels a deletion that was scheduled in the meantime.
    pub(super) async fn undo_email_change(
        &self,
        tx: &Transaction,
        link: &MailLink,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<Option<NextStep>, ServiceError> {
        let Some(id) = link.subject_id else { return Ok(None) };
        let Some(change) = email_changes::by_id(tx, id).await? else { return Ok(None) };
        let Some(account) = accounts::by_id(tx, link.account_id).await? else { return Ok(None) };
        // The old email is reserved, so no other account should have it. This makes sure that no
        // account loses its email.
        let owner = accounts::by_email(tx, &change.old_email).await?;
        if owner.is_some_and(|owner| owner.id != account.id) {
            return Ok(None);
        }
        accounts::set_email(tx, account.id, &change.old_email).await?;
        let undone = email_changes::undo_from(tx, &change, now).await?;
        access_revocation::revoke_all_access(tx, &account, now).await?;
        let detail = format!("{} → {}", account.email.as_str(), change.old_email.as_str());
        self.core
            .security_log()
            .record_with_detail(tx, account.id, SecurityEvent::EmailChangeUndone, &detail, by)
            .await?;
        if accounts::cancel_deletion(tx, account.id, now).await? {
            self.core.security_log().record(tx, account.id, SecurityEvent::DeletionCancelled, by).await?;
        }
        let restored = Account { email: change.old_email, ..account };
        let sessions: Vec<_> = undone.into_iter().filter_map(|change| change.changed_by).collect();
        self.remove_factors(tx, &restored, &sessions, Timestamp(0), by).await?;
        self.core.notifications().send(tx, &restored, NotificationKind::EmailChangeUndone, by).await?;
        let own = by.member.as_ref().is_some_and(|member| member.account_id == restored.id);
        let text =
            "Your email address has been restored, and all devices have been signed out. Reset your password now.";
        Ok(Some(redirect(paths::RECOVER, NoticeKind::Warning, text, own, by)))
    }
}
