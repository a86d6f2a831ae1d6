//! Ending the session of a sign-in that the owner did not make.

use super::{EmailLinks, redirect};
use crate::domain::{NoticeKind, SecurityEvent, Timestamp};
use crate::paths;
use crate::services::access_revocation;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::store::mail_links::MailLink;
use crate::store::{Transaction, accounts, known_devices, sessions};

const ENDED: &str = "That device has been signed out. Someone may know your password, so reset it now.";
const FACTORS_REMOVED: &str = "The sign-in methods that the device added have been removed, and all devices have been \
                               signed out. Someone may know your password, so reset it now.";

impl EmailLinks<'_> {
    /// Ends the session and its descendants, and removes what they added. If they added anything, all sessions end,
    /// because others may be signing in with it at this moment.
    pub(super) async fn end_session(
        &self,
        tx: &Transaction,
        link: &MailLink,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<Option<NextStep>, ServiceError> {
        let Some(session_id) = link.subject_id else { return Ok(None) };
        let Some(account) = accounts::by_id(tx, link.account_id).await? else { return Ok(None) };
        // If the session has already ended, there is nothing left to end.
        if sessions::end(tx, account.id, session_id).await?.is_some() {
            self.core
                .security_log()
                .record_with_detail(tx, account.id, SecurityEvent::SessionEnded, "by the link in a mail", by)
                .await?;
        }
        sessions::end_descendants(tx, account.id, session_id).await?;
        let removed = self.remove_factors(tx, &account, &[session_id], Timestamp(0), by).await?;
        if removed {
            access_revocation::revoke_all_access(tx, &account, now).await?;
        }
        // Forget all known devices, so that the next sign-in sends a notice even if it comes from
        // the same browser.
        known_devices::forget_all(tx, account.id).await?;
        let member = by.member.as_ref().filter(|member| member.account_id == account.id);
        let own = member.is_some_and(|member| removed || member.session == session_id);
        let text = if removed { FACTORS_REMOVED } else { ENDED };
        Ok(Some(redirect(paths::RECOVER, NoticeKind::Warning, text, own, by)))
    }
}
