//! Links in emails. Opening a link changes nothing: the page shows what its button does, and the
//! button works once.

mod end_session;
mod undo_email;
mod undo_factor;

use uuid::Uuid;

use super::core::Core;
use super::outcome::{InternalError, NextStep, ServiceError, SessionChange};
use super::request_context::RequestContext;
use crate::crypto::FlowToken;
use crate::domain::{NoticeKind, SecurityEvent, Timestamp};
use crate::mail::NotificationKind;
use crate::paths;
use crate::store::Transaction;
use crate::store::accounts::{self, Account};
use crate::store::mail_links::{self, LinkPurpose, MailLink};

/// The service behind `/from-mail`.
#[derive(Clone, Copy, Debug)]
pub struct EmailLinks<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn email_links(&self) -> EmailLinks<'_> {
        EmailLinks { core: self }
    }
}

impl EmailLinks<'_> {
    /// Returns what the button of this link would do, or `None` if the link was used, has expired
    /// or is unknown.
    pub async fn find_purpose(&self, token: &str) -> Result<Option<LinkPurpose>, InternalError> {
        let Some(token) = FlowToken::parse(token) else { return Ok(None) };
        let link = mail_links::by_digest(self.core.store.reader(), token.digest()).await?;
        let now = self.core.clock.now();
        Ok(link.filter(|link| link.used_at.is_none() && now < link.expires_at).map(|link| link.purpose))
    }

    /// Performs the link's action, once. If the link is no longer valid, redirects to a page that
    /// says so.
    pub async fn follow(&self, token: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let Some(token) = FlowToken::parse(token) else { return Ok(invalid_link()) };
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let Some(link) = mail_links::by_digest(&tx, token.digest()).await? else { return Ok(invalid_link()) };
        if !mail_links::spend(&tx, link.id, now).await? {
            return Ok(invalid_link());
        }
        let outcome = match link.purpose {
            LinkPurpose::EndSession => self.end_session(&tx, &link, by, now).await?,
            LinkPurpose::UndoFactor => self.undo_factor(&tx, &link, by, now).await?,
            LinkPurpose::UndoEmailChange => self.undo_email_change(&tx, &link, by, now).await?,
            LinkPurpose::KeepAccount => self.keep_account(&tx, &link, by, now).await?,
        };
        let Some(outcome) = outcome else { return Ok(invalid_link()) };
        tx.commit().await?;
        self.core.mailer.wake();
        tracing::info!(event = "mail_link.used", purpose = link.purpose.as_str(), account = %link.account_id, ip = %by.ip);
        Ok(outcome)
    }

    /// Removes what these sessions added since `since`, and notifies the owner. Returns whether there was anything.
    async fn remove_factors(
        &self,
        tx: &Transaction,
        account: &Account,
        sessions: &[Uuid],
        since: Timestamp,
        by: &RequestContext,
    ) -> Result<bool, ServiceError> {
        let removed = self.core.second_factor().remove_added_by(tx, account.id, sessions, since, by).await?;
        if removed.is_empty() {
            return Ok(false);
        }
        let remaining = self.core.second_factor().methods(tx, account.id).await?;
        let about = NotificationKind::FactorsRemoved { removed, remaining };
        self.core.notifications().send(tx, account, about, by).await?;
        Ok(true)
    }

    async fn keep_account(
        &self,
        tx: &Transaction,
        link: &MailLink,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<Option<NextStep>, ServiceError> {
        if !accounts::cancel_deletion(tx, link.account_id, now).await? {
            return Ok(None);
        }
        let Some(account) = accounts::by_id(tx, link.account_id).await? else { return Ok(None) };
        self.core.security_log().record(tx, account.id, SecurityEvent::DeletionCancelled, by).await?;
        self.core.notifications().send(tx, &account, NotificationKind::DeletionCancelled, by).await?;
        let text = "Your account won't be deleted. You can sign in as before.";
        Ok(Some(redirect(paths::LOGIN, NoticeKind::Success, text, false, by)))
    }
}

/// Redirects with a notice. A user who is still signed in goes to the dashboard instead, because
/// `to` is a page for signed-out users.
fn redirect(
    to: &'static str,
    kind: NoticeKind,
    text: &'static str,
    ends_own_session: bool,
    by: &RequestContext,
) -> NextStep {
    let to = if by.member.is_some() && !ends_own_session { paths::DASHBOARD } else { to };
    let session = if ends_own_session { SessionChange::End } else { SessionChange::Keep };
    NextStep::go(to).with_notice(kind, text).with_session(session)
}

/// Returns the outcome of a link that is not valid: the page says so.
fn invalid_link() -> NextStep {
    NextStep::go(paths::FROM_MAIL)
}
