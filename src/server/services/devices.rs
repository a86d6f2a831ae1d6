//! Recognising the browsers that a person signs in with, and telling them when
//! a new one is among them.

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::requester::Requester;
use super::security_log::SecurityLog;
use crate::domain::{SecurityEvent, Timestamp};
use crate::server::clock::Clock;
use crate::server::crypto::FlowToken;
use crate::server::limits::DEVICES_KEPT;
use crate::server::mail::{About, Link, Mailer, Message, NoticeMail};
use crate::server::rng::Rng;
use crate::server::store::accounts::Account;
use crate::server::store::known_devices::{self, NewDevice};
use crate::server::store::mail_links::{self, LinkPurpose, MailLink};
use crate::server::store::sessions::SignedIn;
use crate::server::store::{StoreError, sessions::Sessions};

/// Knows which browsers an account was seen in.
///
/// A browser is recognised by a random value in a cookie of its own. It proves
/// nothing: all that it does is to keep a mail from being sent.
#[derive(Clone, Debug)]
pub struct Devices {
    pub sessions: Sessions,
    pub mailer: Mailer,
    pub log: SecurityLog,
    pub clock: Clock,
    pub rng: Rng,
}

impl Devices {
    /// Notes in which browser somebody signs in, and mails the owner when the
    /// account was not seen in it before. Gives what the browser is to keep.
    ///
    /// The first sign-in of all is not mailed: it is the owner, who has just
    /// proven the address. `account` is as it was before this sign-in.
    ///
    /// # Errors
    /// Only faults.
    pub async fn recognise(
        &self,
        tx: &DatabaseTransaction,
        account: &Account,
        signed_in: &SignedIn,
        by: &Requester,
    ) -> Result<FlowToken, StoreError> {
        let now = self.clock.now();
        let token = by.device.clone().unwrap_or_else(|| FlowToken::generate(&self.rng));
        if known_devices::see(tx, account.id, token.digest(), now).await? {
            return Ok(token);
        }
        let first_of_all = account.last_sign_in_at.is_none() && !known_devices::knows_any(tx, account.id).await?;
        let new = NewDevice { id: self.rng.id(now), account_id: account.id, digest: token.digest(), at: now };
        if known_devices::insert(tx, new).await? {
            known_devices::keep_newest(tx, account.id, DEVICES_KEPT).await?;
            if !first_of_all {
                self.tell(tx, account, signed_in, now, by).await?;
            }
        }
        Ok(token)
    }

    /// Tells the worker, after the commit, that a mail may be due.
    pub fn wake(&self) {
        self.mailer.wake();
    }

    async fn tell(
        &self,
        tx: &DatabaseTransaction,
        account: &Account,
        signed_in: &SignedIn,
        now: Timestamp,
        by: &Requester,
    ) -> Result<(), StoreError> {
        self.log.note(tx, account.id, SecurityEvent::NewDevice, by).await?;
        let link = self.link_to_end(tx, account.id, signed_in, now).await?;
        let notice = NoticeMail {
            to: account.email.clone(),
            username: account.username.clone(),
            about: About::NewDevice { link },
            at: now,
            requester_ip: by.ip.to_string(),
            browser: by.browser(),
        };
        self.mailer.enqueue(tx, &Message::Notice(notice), None).await
    }

    /// A link that ends this session, for as long as it can last.
    async fn link_to_end(
        &self,
        tx: &DatabaseTransaction,
        account_id: Uuid,
        signed_in: &SignedIn,
        now: Timestamp,
    ) -> Result<Link, StoreError> {
        let token = FlowToken::generate(&self.rng);
        let until = self.sessions.ends_at(now, signed_in.remember);
        let link = MailLink {
            id: self.rng.id(now),
            purpose: LinkPurpose::EndSession,
            account_id,
            subject_id: Some(signed_in.handle),
            created_at: now,
            expires_at: until,
            used: false,
        };
        mail_links::insert(tx, link, token.digest()).await?;
        Ok(Link { token: token.to_cookie(), until })
    }
}
