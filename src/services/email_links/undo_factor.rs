//! Removing a factor that the owner did not add.

use super::{EmailLinks, redirect};
use crate::domain::{NoticeKind, Timestamp};
use crate::paths;
use crate::services::access_revocation;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::store::mail_links::MailLink;
use crate::store::{Transaction, accounts, known_devices};

const UNDONE: &str =
    "It has been removed, and all devices have been signed out. Someone may know your password, so reset it now.";

impl EmailLinks<'_> {
    /// Removes the factor of the link and what its session and that session's descendants added after it. Ends all
    /// sessions, and leads to setting a new password.
    pub(super) async fn undo_factor(
        &self,
        tx: &Transaction,
        link: &MailLink,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<Option<NextStep>, ServiceError> {
        let Some(session_id) = link.subject_id else { return Ok(None) };
        let Some(account) = accounts::by_id(tx, link.account_id).await? else { return Ok(None) };
        self.remove_factors(tx, &account, &[session_id], link.created_at, by).await?;
        access_revocation::revoke_all_access(tx, &account, now).await?;
        known_devices::forget_all(tx, account.id).await?;
        let own = by.member.as_ref().is_some_and(|member| member.account_id == account.id);
        Ok(Some(redirect(paths::RECOVER, NoticeKind::Warning, UNDONE, own, by)))
    }
}
