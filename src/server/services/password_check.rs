//! Looking at a password: the same for signing in and for asking again.

use std::time::Duration;

use crate::server::store::Transaction;
use uuid::Uuid;

use super::captcha::{self, Captcha, Passed};
use super::outcome::ServiceError;
use super::quota;
use super::requester::Requester;
use super::security_log::SecurityLog;
use crate::domain::{Password, SecurityEvent, Tally, Timestamp};
use crate::server::clock::Clock;
use crate::server::crypto::hash_queue::Place;
use crate::server::crypto::{LookupKey, LookupKeys, PasswordHasher};
use crate::server::limits::{HOUR, Limits};
use crate::server::store::accounts::Account;
use crate::server::store::counters::{self, Counter};
use crate::server::store::{Store, StoreError, tallies};

const TOO_MANY: &str = "Too many attempts.";

/// Looks at passwords and counts the wrong ones.
#[derive(Clone, Debug)]
pub struct PasswordCheck {
    pub store: Store,
    pub hasher: PasswordHasher,
    pub captcha: Captcha,
    pub keys: LookupKeys,
    pub log: SecurityLog,
    pub limits: Limits,
    pub clock: Clock,
}

/// A password that somebody claims to know.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// What the account was called, should there be none.
    pub identifier: &'a str,
    pub account: Option<&'a Account>,
    pub password: &'a str,
}

/// Whether a form may be asked for a challenge after many failures.
#[derive(Clone, Copy, Debug)]
pub enum Challenge<'a> {
    /// It may, and brought this one.
    Asked(Option<&'a Passed>),
    /// It may not: who sends it is signed in.
    Never,
}

/// A password was right. Until this is settled it still counts as a failure.
#[derive(Debug)]
pub struct Right {
    counters: Counters,
    counted: Counted,
}

/// A failure that was counted before it was certain.
#[derive(Clone, Copy, Debug)]
struct Counted {
    at: Timestamp,
    /// The event in the account's log, if there is an account.
    noted: Option<Uuid>,
}

/// Where the failures of an account are counted.
#[derive(Debug)]
struct Counters {
    /// For each address prefix its own: guessing from elsewhere does not lock
    /// the owner out.
    from_here: LookupKey,
    /// Over all of them: after many, signing in asks for a challenge, and no more.
    from_anywhere: LookupKey,
}

impl PasswordCheck {
    /// Takes a place among those who hash: before the database, so that in a
    /// flood nobody waits for its writer only to hear that this is one.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] when there is none.
    pub fn enter(&self) -> Result<Place, ServiceError> {
        Ok(self.hasher.enter()?)
    }

    /// Looks at a password; `None` when it is wrong. Without an account as much
    /// is done as with one. The failure is counted before the password is
    /// looked at, so that a burst evaluates no more than the limit.
    ///
    /// # Errors
    /// A wait after too many failures from this address prefix, or the want of a
    /// challenge after some.
    pub async fn check(
        &self,
        place: Place,
        claim: Claim<'_>,
        challenge: Challenge<'_>,
        by: &Requester,
    ) -> Result<Option<Right>, ServiceError> {
        let counters = self.counters(claim, by);
        let counted = self.count_failure(&counters, claim, challenge, by).await?;
        // An impossible password is refused before any hashing, whoever it was meant for.
        let Some(password) = Password::parse_claimed(claim.password) else {
            self.captcha.note_failure(by);
            return Ok(None);
        };
        let hash = claim.account.filter(|account| account.is_open()).map(|account| account.password_hash.clone());
        let known = hash.is_some();
        let right = self.hasher.verify(place, &password, hash).await?;
        if !(right && known) {
            self.captcha.note_failure(by);
            return Ok(None);
        }
        Ok(Some(Right { counters, counted }))
    }

    /// Forgets the failures of an account from here, in the transaction of what
    /// the right password was for.
    ///
    /// # Errors
    /// Only faults.
    pub async fn settle(&self, tx: &Transaction, right: Right, by: &Requester) -> Result<(), StoreError> {
        counters::clear(tx, &right.counters.from_here).await?;
        counters::take_back(tx, &right.counters.from_anywhere).await?;
        let quota = self.limits.login_failures_per_address;
        quota::give_back(tx, &self.keys, quota::Counted::SignInFailures, quota, by).await?;
        tallies::take_back(tx, Tally::WrongPassword, right.counted.at).await?;
        match right.counted.noted {
            Some(event) => crate::server::store::security_events::take_back(tx, event).await,
            None => Ok(()),
        }
    }

    /// Forgets the failures of an account from here without a password: who sets
    /// a new one by a mailed code need not wait to use it.
    ///
    /// # Errors
    /// Only faults.
    pub async fn forgive(&self, tx: &Transaction, account: &Account, by: &Requester) -> Result<(), StoreError> {
        let claim = Claim { identifier: "", account: Some(account), password: "" };
        counters::clear(tx, &self.counters(claim, by).from_here).await
    }

    /// The counters of an account, the same however it is named.
    fn counters(&self, claim: Claim<'_>, by: &Requester) -> Counters {
        let who = claim.account.map_or_else(|| claim.identifier.to_lowercase(), |account| account.id.to_string());
        Counters {
            from_here: self.keys.key(&["login", &who, &by.prefix().to_string()]),
            from_anywhere: self.keys.key(&["login", &who]),
        }
    }

    async fn count_failure(
        &self,
        keys: &Counters,
        claim: Claim<'_>,
        challenge: Challenge<'_>,
        by: &Requester,
    ) -> Result<Counted, ServiceError> {
        let tx = self.store.write().await?;
        let now = tx.now();
        let counter = counters::get(&tx, &keys.from_here).await?.filter(|counter| !self.is_forgotten(counter, now));
        if let Some(blocked) = counter.filter(|counter| counter.blocked_until > now) {
            return Err(limited(blocked.blocked_until.since(now), by));
        }
        let anywhere = counters::get(&tx, &keys.from_anywhere).await?;
        let anywhere = anywhere.filter(|it| now.since(it.last_at) < HOUR).map_or(0, |it| it.failures);
        match challenge {
            Challenge::Asked(Some(passed)) => self.captcha.spend(&tx, passed, by).await?,
            Challenge::Asked(None)
                if self.captcha.is_suspect(by) || anywhere >= self.limits.captcha.after_account_failures =>
            {
                return Err(ServiceError::Captcha(captcha::NEEDED));
            }
            Challenge::Asked(None) | Challenge::Never => {}
        }
        let quota = self.limits.login_failures_per_address;
        if let Some(wait) = quota::take(&tx, &self.keys, quota::Counted::SignInFailures, quota, by, now).await? {
            return Err(limited(wait, by));
        }
        let failures = counter.map_or(0, |counter| counter.failures).saturating_add(1);
        let blocked_until = now + self.delay_after(failures);
        counters::put(&tx, &keys.from_here, Counter { failures, last_at: now, blocked_until }).await?;
        let anywhere = Counter { failures: anywhere.saturating_add(1), last_at: now, blocked_until: now };
        counters::put(&tx, &keys.from_anywhere, anywhere).await?;
        let noted = match claim.account {
            Some(account) => Some(self.log.note(&tx, account.id, SecurityEvent::SignInFailed, by).await?),
            None => None,
        };
        tallies::add(&tx, Tally::WrongPassword, now).await?;
        tx.commit().await?;
        Ok(Counted { at: now, noted })
    }

    /// Below the limit failures fade after the window; from the limit on they
    /// are remembered longer than the longest wait, or waiting would reset them.
    fn is_forgotten(&self, counter: &Counter, now: Timestamp) -> bool {
        let memory = if counter.failures < self.limits.login_failures { self.limits.login_window } else { HOUR };
        now.since(counter.last_at) > memory
    }

    /// Nothing below the limit, then the first wait, doubling to the longest.
    fn delay_after(&self, failures: u32) -> Duration {
        let Some(beyond) = failures.checked_sub(self.limits.login_failures) else { return Duration::ZERO };
        let factor = 2_u32.saturating_pow(beyond.min(16));
        self.limits.login_delay.saturating_mul(factor).min(self.limits.login_delay_max)
    }
}

fn limited(wait: Duration, by: &Requester) -> ServiceError {
    tracing::warn!(event = "sign_in.limited", ip = %by.ip);
    ServiceError::Limited { what: TOO_MANY, wait }
}
