//! Passkeys: made by an account's owner, and shown in place of the password, as
//! the second step after it, or to confirm who is at the keyboard.
//!
//! Each is a ceremony of two posts. The first gives options and keeps nothing;
//! the second brings what the authenticator made of them, and counts once.

mod add;
mod manage;
mod prove;
mod sign_in;

use crate::server::store::Transaction;
use uuid::Uuid;

use super::captcha::Captcha;
use super::entry::Entry;
use super::notices::Notices;
use super::outcome::ServiceError;
use super::requester::Requester;
use super::second_factor::SecondFactor;
use super::security_log::SecurityLog;
use crate::server::clock::Clock;
use crate::server::crypto::{Ceremonies, LookupKeys};
use crate::server::limits::Limits;
use crate::server::mail::About;
use crate::server::rng::Rng;
use crate::server::store::{Store, accounts};

const NOT_HERE: &str = "This portal can't use passkeys at its current URL.";
/// One sentence for every passkey that does not count: gone, unknown, another
/// account's, used twice, too late, or of an account that is closed.
const UNKNOWN: &str = "This passkey doesn't belong to an account here.";

/// What the browser sent at the end of a ceremony.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The sealed state, as it came with the options.
    pub state: &'a str,
    /// The credential's `toJSON()`.
    pub credential: &'a str,
}

/// The service behind every passkey.
#[derive(Clone, Debug)]
pub struct Passkeys {
    pub store: Store,
    /// `None` where `PUBLIC_URL` allows no passkeys.
    pub ceremonies: Option<Ceremonies>,
    /// The host whose pages can use passkeys, where there are any.
    pub relying_party: Option<String>,
    pub captcha: Captcha,
    pub entry: Entry,
    pub second_factor: SecondFactor,
    pub log: SecurityLog,
    pub notices: Notices,
    pub keys: LookupKeys,
    pub limits: Limits,
    pub clock: Clock,
    pub rng: Rng,
}

impl Passkeys {
    /// Tells the owner of an account what happened to a passkey, in the transaction of what did.
    async fn tell(&self, tx: &Transaction, account_id: Uuid, about: About, by: &Requester) -> Result<(), ServiceError> {
        let account = accounts::by_id(tx, account_id).await?.ok_or(ServiceError::SignIn)?;
        Ok(self.notices.tell(tx, &account, about, by).await?)
    }

    fn ceremonies(&self) -> Result<&Ceremonies, ServiceError> {
        self.ceremonies.as_ref().ok_or(ServiceError::Refused(NOT_HERE))
    }
}
