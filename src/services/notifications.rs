//! Email notices that tell the owner of an account what happened to it.

use super::core::Core;
use super::request_context::RequestContext;
use crate::crypto::FlowToken;
use crate::domain::{Email, SecurityEvent, Timestamp, Username};
use crate::mail::{ByAdministrator, Link, Message, NoticeMail, NotificationKind};
use crate::store::accounts::Account;
use crate::store::mail_links::{self, LinkPurpose, MailLink};
use crate::store::{StoreError, Transaction, security_events};

const DAY_MILLIS: i64 = 86_400_000;

/// Sends notices and creates the links in them.
#[derive(Clone, Copy, Debug)]
pub struct Notifications<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn notifications(&self) -> Notifications<'_> {
        Notifications { core: self }
    }
}

impl Notifications<'_> {
    /// Queues a notice to the account's email, in the transaction of the event it is about.
    /// Wake the [mailer](crate::mail::Mailer::wake) after the commit.
    pub async fn send(
        &self,
        tx: &Transaction,
        account: &Account,
        about: NotificationKind,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        self.send_to(tx, &account.email, account, about, by).await
    }

    /// Same as [`Notifications::send`], but sends to an email other than the account's current one.
    pub async fn send_to(
        &self,
        tx: &Transaction,
        to: &Email,
        account: &Account,
        about: NotificationKind,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        self.core.mailer.enqueue(tx, &self.notice(to, &account.username, about, by), None).await
    }

    /// Stores a decoy in place of a notice, where there is no account that could get it.
    pub async fn send_decoy(
        &self,
        tx: &Transaction,
        about: NotificationKind,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        let notice = self.notice(&Email::placeholder(), &Username::placeholder(), about, by);
        self.core.mailer.enqueue_decoy(tx, &notice, None).await
    }

    /// Writes an event that strangers can cause to the security log, and sends the notice about it if it is the first of
    /// its kind on this day (UTC).
    pub async fn report(
        &self,
        tx: &Transaction,
        account: &Account,
        event: SecurityEvent,
        about: NotificationKind,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        let midnight = Timestamp(tx.now().0 - tx.now().0.rem_euclid(DAY_MILLIS));
        let is_first = !security_events::any_since(tx, account.id, event, midnight).await?;
        self.core.security_log().record(tx, account.id, event, by).await?;
        if is_first { self.send(tx, account, about, by).await } else { Ok(()) }
    }

    /// Same as [`Notifications::send`], but for an administrator's action. The notice omits the
    /// administrator's IP address and browser, which are not disclosed to the owner.
    pub async fn send_admin_action(
        &self,
        tx: &Transaction,
        account: &Account,
        action: ByAdministrator,
    ) -> Result<(), StoreError> {
        let notice = NoticeMail {
            to: account.email.clone(),
            username: account.username.clone(),
            about: NotificationKind::ByAdministrator { action },
            at: self.core.clock.now(),
            requester_ip: String::new(),
            browser: String::new(),
        };
        self.core.mailer.enqueue(tx, &Message::Notice(notice), None).await
    }

    /// Creates a single-use link for a notice, valid until `until`. Only the hash of its token is
    /// stored.
    pub async fn link(
        &self,
        tx: &Transaction,
        purpose: LinkPurpose,
        account: &Account,
        subject_id: Option<uuid::Uuid>,
        until: Timestamp,
    ) -> Result<Link, StoreError> {
        let (token, now) = (FlowToken::generate(&self.core.rng), tx.now());
        let id = self.core.rng.id(now);
        let (account_id, created_at, expires_at) = (account.id, now, until);
        let link = MailLink { id, purpose, account_id, subject_id, created_at, expires_at, used_at: None };
        mail_links::insert(tx, link, token.digest()).await?;
        Ok(Link { token: token.to_cookie(), until })
    }

    fn notice(&self, to: &Email, username: &Username, about: NotificationKind, by: &RequestContext) -> Message {
        Message::Notice(NoticeMail {
            to: to.clone(),
            username: username.clone(),
            about,
            at: self.core.clock.now(),
            requester_ip: by.ip.to_string(),
            browser: by.browser(),
        })
    }
}
