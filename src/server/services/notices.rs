//! Telling an owner by mail what happened to the account.

use crate::server::store::Transaction;

use super::requester::Requester;
use crate::domain::{Email, Timestamp};
use crate::server::clock::Clock;
use crate::server::crypto::FlowToken;
use crate::server::mail::{About, ByAdministrator, Link, Mailer, Message, NoticeMail};
use crate::server::rng::Rng;
use crate::server::store::StoreError;
use crate::server::store::accounts::Account;
use crate::server::store::mail_links::{self, LinkPurpose, MailLink};

/// Writes notices, and the links in them.
#[derive(Clone, Debug)]
pub struct Notices {
    pub mailer: Mailer,
    pub clock: Clock,
    pub rng: Rng,
}

impl Notices {
    /// Writes a notice to the account's address in the transaction of what it
    /// is about.
    ///
    /// # Errors
    /// Only faults.
    pub async fn tell(
        &self,
        tx: &Transaction,
        account: &Account,
        about: About,
        by: &Requester,
    ) -> Result<(), StoreError> {
        self.tell_at(tx, &account.email, account, about, by).await
    }

    /// As [`Notices::tell`], to another address than the account has now.
    ///
    /// # Errors
    /// Only faults.
    pub async fn tell_at(
        &self,
        tx: &Transaction,
        to: &Email,
        account: &Account,
        about: About,
        by: &Requester,
    ) -> Result<(), StoreError> {
        let notice = NoticeMail {
            to: to.clone(),
            username: account.username.clone(),
            about,
            at: self.clock.now(),
            requester_ip: by.ip.to_string(),
            browser: by.browser(),
        };
        self.mailer.enqueue(tx, &Message::Notice(notice), None).await
    }

    /// As [`Notices::tell`], of what an administrator did: from where is not for
    /// the owner to read.
    ///
    /// # Errors
    /// Only faults.
    pub async fn tell_by_administrator(
        &self,
        tx: &Transaction,
        account: &Account,
        deed: ByAdministrator,
    ) -> Result<(), StoreError> {
        let notice = NoticeMail {
            to: account.email.clone(),
            username: account.username.clone(),
            about: About::ByAdministrator { deed },
            at: self.clock.now(),
            requester_ip: String::new(),
            browser: String::new(),
        };
        self.mailer.enqueue(tx, &Message::Notice(notice), None).await
    }

    /// Tells the worker, after the commit, that a notice is due.
    pub fn wake(&self) {
        self.mailer.wake();
    }

    /// Makes a link for a notice, good for one deed until `until`. Only its hash is kept.
    ///
    /// # Errors
    /// Only faults.
    pub async fn link(
        &self,
        tx: &Transaction,
        purpose: LinkPurpose,
        account: &Account,
        subject_id: Option<uuid::Uuid>,
        until: Timestamp,
    ) -> Result<Link, StoreError> {
        let (token, now) = (FlowToken::generate(&self.rng), self.clock.now());
        let id = self.rng.id(now);
        let (account_id, created_at, expires_at) = (account.id, now, until);
        let link = MailLink { id, purpose, account_id, subject_id, created_at, expires_at, used: false };
        mail_links::insert(tx, link, token.digest()).await?;
        Ok(Link { token: token.to_cookie(), until })
    }
}
