//! Links in mails. Opening one changes nothing and tells what its button does;
//! the button does it once.

mod undo_email;

use crate::server::store::Transaction;

use super::notices::Notices;
use super::outcome::{Done, Fault, ServiceError};
use super::requester::Requester;
use super::security_log::SecurityLog;
use crate::domain::{NoticeKind, SecurityEvent, Timestamp};
use crate::paths;
use crate::server::clock::Clock;
use crate::server::crypto::FlowToken;
use crate::server::mail::About;
use crate::server::store::mail_links::{self, LinkPurpose, MailLink};
use crate::server::store::{Store, accounts, known_devices, sessions};

/// The service behind `/from-mail`.
#[derive(Clone, Debug)]
pub struct FromMail {
    pub store: Store,
    pub notices: Notices,
    pub log: SecurityLog,
    pub clock: Clock,
}

/// What a link did.
#[derive(Clone, Debug)]
pub struct Deed {
    pub done: Done,
    /// The session of whoever pressed the button ended with it.
    pub ends_own_session: bool,
}

impl FromMail {
    /// What the button behind this link would do; `None` for a link that was
    /// used, has expired or never was.
    ///
    /// # Errors
    /// Only faults.
    pub async fn look(&self, token: &str) -> Result<Option<LinkPurpose>, Fault> {
        let Some(token) = FlowToken::parse(token) else { return Ok(None) };
        let link = mail_links::by_digest(self.store.reader(), token.digest()).await?;
        let now = self.clock.now();
        Ok(link.filter(|link| !link.used && now < link.expires_at).map(|link| link.purpose))
    }

    /// Does what the link is for, once.
    ///
    /// # Errors
    /// Only faults: a link that is good for nothing any more leads to the page
    /// that says so.
    pub async fn act(&self, token: &str, by: &Requester) -> Result<Deed, ServiceError> {
        let Some(token) = FlowToken::parse(token) else { return Ok(no_good()) };
        let tx = self.store.write().await?;
        let now = tx.now();
        let Some(link) = mail_links::by_digest(&tx, token.digest()).await? else { return Ok(no_good()) };
        if !mail_links::spend(&tx, link.id, now).await? {
            return Ok(no_good());
        }
        let deed = match link.purpose {
            LinkPurpose::EndSession => self.end_session(&tx, &link, by).await?,
            LinkPurpose::UndoEmailChange => self.undo_email_change(&tx, &link, by, now).await?,
            LinkPurpose::KeepAccount => self.keep_account(&tx, &link, by, now).await?,
        };
        let Some(deed) = deed else { return Ok(no_good()) };
        tx.commit().await?;
        self.notices.wake();
        tracing::info!(event = "mail_link.used", purpose = link.purpose.as_str(), account = %link.account_id, ip = %by.ip);
        Ok(deed)
    }

    async fn end_session(
        &self,
        tx: &Transaction,
        link: &MailLink,
        by: &Requester,
    ) -> Result<Option<Deed>, ServiceError> {
        let Some(handle) = link.subject_id else { return Ok(None) };
        // It may have ended by itself: then this is what was wanted.
        if sessions::end(tx, link.account_id, handle).await?.is_some() {
            self.log.note_about(tx, link.account_id, SecurityEvent::SessionEnded, "by the link in a mail", by).await?;
        }
        // Whoever it was is to be a stranger next time, in that browser too.
        known_devices::forget_all(tx, link.account_id).await?;
        let own = by.member.as_ref().is_some_and(|it| it.account_id == link.account_id && it.session == handle);
        let text = "That device has been signed out. Someone knew your password. Reset it now.";
        Ok(Some(deed(paths::RECOVER, NoticeKind::Warning, text, own, by)))
    }

    async fn keep_account(
        &self,
        tx: &Transaction,
        link: &MailLink,
        by: &Requester,
        now: Timestamp,
    ) -> Result<Option<Deed>, ServiceError> {
        if !accounts::keep(tx, link.account_id, now).await? {
            return Ok(None);
        }
        let Some(account) = accounts::by_id(tx, link.account_id).await? else { return Ok(None) };
        self.log.note(tx, account.id, SecurityEvent::DeletionCancelled, by).await?;
        self.notices.tell(tx, &account, About::DeletionCancelled, by).await?;
        let text = "Your account won't be deleted. You can sign in as before.";
        Ok(Some(deed(paths::LOGIN, NoticeKind::Success, text, false, by)))
    }
}

/// Leads on with a notice. Who is signed in, and stays so, has no use for the
/// pages of those who are not.
fn deed(to: &'static str, kind: NoticeKind, text: &'static str, ends_own_session: bool, by: &Requester) -> Deed {
    let to = if by.member.is_some() && !ends_own_session { paths::DASHBOARD } else { to };
    Deed { done: Done::go(to).saying(kind, text), ends_own_session }
}

fn no_good() -> Deed {
    Deed { done: Done::go(paths::FROM_MAIL), ends_own_session: false }
}
