//! Checking passwords, both for signing in and for reauthentication.

use std::time::Duration;

use crate::server::store::Transaction;
use uuid::Uuid;

use super::captcha::{self, Captcha, Passed};
use super::outcome::ServiceError;
use super::quota;
use super::request_context::RequestContext;
use super::security_log::SecurityLog;
use crate::domain::{Metric, Password, SecurityEvent, Timestamp};
use crate::server::clock::Clock;
use crate::server::crypto::hash_queue::HashSlot;
use crate::server::crypto::{LookupKey, LookupKeys, PasswordHasher};
use crate::server::limits::{HOUR, Limits};
use crate::server::store::accounts::Account;
use crate::server::store::login_failures::{self, Counter};
use crate::server::store::{Store, StoreError, hourly_counters};

const TOO_MANY: &str = "Too many attempts.";

/// Checks passwords and counts failures.
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

/// A password that is claimed to belong to an account.
#[derive(Clone, Copy, Debug)]
pub struct PasswordAttempt<'a> {
    /// The identifier as typed, which is used if there is no account.
    pub identifier: &'a str,
    pub account: Option<&'a Account>,
    pub password: &'a str,
}

/// Whether a form can be asked for a captcha after many failures.
#[derive(Clone, Copy, Debug)]
pub enum CaptchaPolicy<'a> {
    /// It can. Contains the captcha that the form was submitted with, if any.
    Asked(Option<&'a Passed>),
    /// It cannot, because the user is already signed in.
    Never,
}

/// A correct password. The attempt counts as a failure until this is settled.
#[derive(Debug)]
pub struct VerifiedPassword {
    counters: Counters,
    counted: CountedFailure,
}

/// A failure that was counted before the password was checked.
#[derive(Clone, Copy, Debug)]
struct CountedFailure {
    at: Timestamp,
    /// The entry in the account's security log, if there is an account.
    event_id: Option<Uuid>,
}

/// The keys of an account's failure counters.
#[derive(Debug)]
struct Counters {
    /// The counter per IP prefix, so that guessing from one network does not lock out the owner in
    /// another.
    from_here: LookupKey,
    /// The counter for all IP prefixes. After many failures, signing in requires a captcha, but is
    /// never blocked.
    from_anywhere: LookupKey,
}

impl PasswordCheck {
    /// Reserves a slot in the password hashing queue. Call this before using the database, so that
    /// during a flood requests are rejected without waiting for the writer.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] if the queue is full.
    pub fn enter(&self) -> Result<HashSlot, ServiceError> {
        Ok(self.hasher.enter()?)
    }

    /// Checks a password. Returns `None` if it is wrong.
    ///
    /// Without an account the same work is done, so that the timing does not reveal whether there
    /// is one. The failure is counted before the password is checked, so that a burst of requests
    /// cannot check more passwords than the limit.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] after too many failures from this IP prefix, or
    /// [`ServiceError::Captcha`] if the captcha is missing after repeated failures or was already
    /// used.
    pub async fn check(
        &self,
        slot: HashSlot,
        claim: PasswordAttempt<'_>,
        challenge: CaptchaPolicy<'_>,
        by: &RequestContext,
    ) -> Result<Option<VerifiedPassword>, ServiceError> {
        let counters = self.counters(claim, by);
        let counted = self.count_failure(&counters, claim, challenge, by).await?;
        // An impossible password is rejected before hashing, whether or not the account exists.
        let Some(password) = Password::parse_claimed(claim.password) else {
            self.captcha.count_failure(by);
            return Ok(None);
        };
        let hash = claim.account.filter(|account| account.is_open()).map(|account| account.password_hash.clone());
        let known = hash.is_some();
        let right = self.hasher.verify(slot, &password, hash).await?;
        if !(right && known) {
            self.captcha.count_failure(by);
            return Ok(None);
        }
        Ok(Some(VerifiedPassword { counters, counted }))
    }

    /// Resets the failures of an account from this IP prefix, in the transaction that the password
    /// was required for.
    pub async fn mark_succeeded(
        &self,
        tx: &Transaction,
        right: VerifiedPassword,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        login_failures::clear(tx, &right.counters.from_here).await?;
        login_failures::take_back(tx, &right.counters.from_anywhere).await?;
        let quota = self.limits.login_failures_per_ip;
        quota::give_back(tx, &self.keys, quota::QuotaKind::SignInFailures, quota, by).await?;
        hourly_counters::decrement(tx, Metric::WrongPassword, right.counted.at).await?;
        match right.counted.event_id {
            Some(event) => crate::server::store::security_events::take_back(tx, event).await,
            None => Ok(()),
        }
    }

    /// Resets the failures of an account from this IP prefix without checking a password, so that a
    /// user who set a new password with a mailed code can sign in immediately.
    pub async fn reset_failures(
        &self,
        tx: &Transaction,
        account: &Account,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        let claim = PasswordAttempt { identifier: "", account: Some(account), password: "" };
        login_failures::clear(tx, &self.counters(claim, by).from_here).await
    }

    /// Returns the counters of an account. They are the same for its username and its email.
    fn counters(&self, claim: PasswordAttempt<'_>, by: &RequestContext) -> Counters {
        let who = claim.account.map_or_else(|| claim.identifier.to_lowercase(), |account| account.id.to_string());
        Counters {
            from_here: self.keys.key(&["login", &who, &by.prefix().to_string()]),
            from_anywhere: self.keys.key(&["login", &who]),
        }
    }

    async fn count_failure(
        &self,
        keys: &Counters,
        claim: PasswordAttempt<'_>,
        challenge: CaptchaPolicy<'_>,
        by: &RequestContext,
    ) -> Result<CountedFailure, ServiceError> {
        let tx = self.store.write().await?;
        let now = tx.now();
        let counter =
            login_failures::get(&tx, &keys.from_here).await?.filter(|counter| !self.is_forgotten(counter, now));
        if let Some(blocked) = counter.filter(|counter| counter.blocked_until > now) {
            return Err(limited(blocked.blocked_until.since(now), by));
        }
        let anywhere = login_failures::get(&tx, &keys.from_anywhere).await?;
        let anywhere = anywhere.filter(|it| now.since(it.last_at) < HOUR).map_or(0, |it| it.failures);
        match challenge {
            CaptchaPolicy::Asked(Some(passed)) => self.captcha.spend(&tx, passed, by).await?,
            CaptchaPolicy::Asked(None)
                if self.captcha.is_suspect(by) || anywhere >= self.limits.captcha.after_account_failures =>
            {
                return Err(ServiceError::Captcha(captcha::NEEDED));
            }
            CaptchaPolicy::Asked(None) | CaptchaPolicy::Never => {}
        }
        let quota = self.limits.login_failures_per_ip;
        if let Some(wait) = quota::take(&tx, &self.keys, quota::QuotaKind::SignInFailures, quota, by, now).await? {
            return Err(limited(wait, by));
        }
        let failures = counter.map_or(0, |counter| counter.failures).saturating_add(1);
        let blocked_until = now + self.delay_after(failures);
        login_failures::put(&tx, &keys.from_here, Counter { failures, last_at: now, blocked_until }).await?;
        let anywhere = Counter { failures: anywhere.saturating_add(1), last_at: now, blocked_until: now };
        login_failures::put(&tx, &keys.from_anywhere, anywhere).await?;
        let event_id = match claim.account {
            Some(account) => Some(self.log.record(&tx, account.id, SecurityEvent::SignInFailed, by).await?),
            None => None,
        };
        hourly_counters::add(&tx, Metric::WrongPassword, now).await?;
        tx.commit().await?;
        Ok(CountedFailure { at: now, event_id })
    }

    /// Below the limit, failures expire after the window. From the limit on, they are kept longer
    /// than the longest delay, because otherwise waiting out a delay would reset them.
    fn is_forgotten(&self, counter: &Counter, now: Timestamp) -> bool {
        let memory = if counter.failures < self.limits.login_failures { self.limits.login_window } else { HOUR };
        now.since(counter.last_at) > memory
    }

    /// Returns no delay below the limit, then the initial delay, doubling up to the maximum.
    fn delay_after(&self, failures: u32) -> Duration {
        let Some(beyond) = failures.checked_sub(self.limits.login_failures) else { return Duration::ZERO };
        let factor = 2_u32.saturating_pow(beyond.min(16));
        self.limits.login_delay.saturating_mul(factor).min(self.limits.login_delay_max)
    }
}

fn limited(wait: Duration, by: &RequestContext) -> ServiceError {
    tracing::warn!(event = "sign_in.limited", ip = %by.ip);
    ServiceError::Limited { what: TOO_MANY, wait }
}
