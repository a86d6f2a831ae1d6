//! Checking passwords, both for signing in and for reauthentication.

use std::time::Duration;

use uuid::Uuid;

use super::captcha::{self, Passed};
use super::core::Core;
use super::outcome::ServiceError;
use super::quota;
use super::request_context::RequestContext;
use crate::crypto::LookupKey;
use crate::crypto::hash_queue::HashSlot;
use crate::domain::{Metric, Password, SecurityEvent, Timestamp};
use crate::limits::HOUR;
use crate::store::accounts::Account;
use crate::store::login_failures::{self, Counter};
use crate::store::{StoreError, Transaction, hourly_counters};

const TOO_MANY: &str = "Too many attempts.";

/// Checks passwords and counts failures.
#[derive(Clone, Copy, Debug)]
pub struct PasswordCheck<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn password_check(&self) -> PasswordCheck<'_> {
        PasswordCheck { core: self }
    }
}

/// A password to be checked against an account.
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
    /// The form can be asked. Contains the captcha that it was submitted with, if any.
    Asked(Option<&'a Passed>),
    /// The form cannot be asked, because the user is already signed in.
    Never,
}

/// A correct password. The attempt counts as a failure until it is
/// [marked as succeeded](PasswordCheck::mark_succeeded).
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
    from_prefix: LookupKey,
    /// The counter for all IP prefixes. After many failures, signing in requires a captcha, but is
    /// never blocked.
    total: LookupKey,
}

impl PasswordCheck<'_> {
    /// Reserves a slot in the password hashing queue. Call this before using the database, so that
    /// during a flood requests are rejected without waiting for the writer.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] if the queue is full.
    pub fn enter(&self) -> Result<HashSlot, ServiceError> {
        Ok(self.core.hasher.enter()?)
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
        attempt: PasswordAttempt<'_>,
        captcha: CaptchaPolicy<'_>,
        by: &RequestContext,
    ) -> Result<Option<VerifiedPassword>, ServiceError> {
        let counters = self.counters(attempt, by);
        let counted = self.count_failure(&counters, attempt, captcha, by).await?;
        // An impossible password is rejected before hashing, whether or not the account exists.
        let Some(password) = Password::parse_claimed(attempt.password) else {
            self.core.captcha.count_failure(by);
            return Ok(None);
        };
        let hash = attempt.account.filter(|account| account.is_open()).map(|account| account.password_hash.clone());
        let known = hash.is_some();
        let matches = self.core.hasher.verify(slot, &password, hash).await?;
        if !(matches && known) {
            self.core.captcha.count_failure(by);
            return Ok(None);
        }
        Ok(Some(VerifiedPassword { counters, counted }))
    }

    /// Resets the failures of an account from this IP prefix, in the transaction that the password
    /// was required for.
    pub async fn mark_succeeded(
        &self,
        tx: &Transaction,
        verified: VerifiedPassword,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        login_failures::clear(tx, &verified.counters.from_prefix).await?;
        login_failures::decrement(tx, &verified.counters.total).await?;
        let quota = self.core.limits.login_failures_per_ip;
        quota::give_back(tx, &self.core.keys, quota::QuotaKind::SignInFailures, quota, by).await?;
        hourly_counters::decrement(tx, Metric::WrongPassword, verified.counted.at).await?;
        match verified.counted.event_id {
            Some(event) => crate::store::security_events::delete(tx, event).await,
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
        let attempt = PasswordAttempt { identifier: "", account: Some(account), password: "" };
        login_failures::clear(tx, &self.counters(attempt, by).from_prefix).await
    }

    /// Returns the counters of an account. They are the same for its username and its email.
    fn counters(&self, attempt: PasswordAttempt<'_>, by: &RequestContext) -> Counters {
        let owner = attempt.account.map_or_else(|| attempt.identifier.to_lowercase(), |account| account.id.to_string());
        Counters {
            from_prefix: self.core.keys.key(&["login", &owner, &by.prefix().to_string()]),
            total: self.core.keys.key(&["login", &owner]),
        }
    }

    async fn count_failure(
        &self,
        keys: &Counters,
        attempt: PasswordAttempt<'_>,
        captcha: CaptchaPolicy<'_>,
        by: &RequestContext,
    ) -> Result<CountedFailure, ServiceError> {
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let counter =
            login_failures::get(&tx, &keys.from_prefix).await?.filter(|counter| !self.is_forgotten(counter, now));
        if let Some(blocked) = counter.filter(|counter| counter.blocked_until > now) {
            return Err(limited(blocked.blocked_until.since(now), by));
        }
        let total = login_failures::get(&tx, &keys.total).await?;
        let total = total.filter(|it| now.since(it.last_at) < HOUR).map_or(0, |it| it.failures);
        match captcha {
            CaptchaPolicy::Asked(Some(passed)) => self.core.captcha.spend(&tx, passed, by).await?,
            CaptchaPolicy::Asked(None)
                if self.core.captcha.is_suspect(by) || total >= self.core.limits.captcha_after_account_failures =>
            {
                return Err(ServiceError::Captcha(captcha::NEEDED));
            }
            CaptchaPolicy::Asked(None) | CaptchaPolicy::Never => {}
        }
        let quota = self.core.limits.login_failures_per_ip;
        if let Some(wait) = quota::take(&tx, &self.core.keys, quota::QuotaKind::SignInFailures, quota, by, now).await? {
            return Err(limited(wait, by));
        }
        let failures = counter.map_or(0, |counter| counter.failures).saturating_add(1);
        let blocked_until = now + self.delay_after(failures);
        login_failures::put(&tx, &keys.from_prefix, Counter { failures, last_at: now, blocked_until }).await?;
        let total = Counter { failures: total.saturating_add(1), last_at: now, blocked_until: now };
        login_failures::put(&tx, &keys.total, total).await?;
        let event_id = match attempt.account {
            Some(account) => {
                Some(self.core.security_log().record(&tx, account.id, SecurityEvent::SignInFailed, by).await?)
            }
            None => None,
        };
        hourly_counters::add(&tx, Metric::WrongPassword, now).await?;
        tx.commit().await?;
        Ok(CountedFailure { at: now, event_id })
    }

    /// Whether the failures no longer count. Fewer failures than the limit expire after the window.
    /// Once the limit is reached, they are kept for an hour, longer than the longest delay, because
    /// otherwise waiting out a delay would reset them.
    fn is_forgotten(&self, counter: &Counter, now: Timestamp) -> bool {
        let memory =
            if counter.failures < self.core.limits.login_failures { self.core.limits.login_window } else { HOUR };
        now.since(counter.last_at) > memory
    }

    /// Returns no delay below the limit, then the initial delay, doubling up to the maximum.
    fn delay_after(&self, failures: u32) -> Duration {
        let Some(beyond) = failures.checked_sub(self.core.limits.login_failures) else { return Duration::ZERO };
        let factor = 2_u32.saturating_pow(beyond.min(16));
        self.core.limits.login_delay.saturating_mul(factor).min(self.core.limits.login_delay_max)
    }
}

fn limited(wait: Duration, by: &RequestContext) -> ServiceError {
    tracing::warn!(event = "sign_in.limited", ip = %by.ip);
    ServiceError::Limited { what: TOO_MANY, wait }
}
