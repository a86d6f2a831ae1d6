//! Checking passwords, for signing in and for reauthentication, and rating new ones.

use std::time::Duration;

use uuid::Uuid;

use super::attempts::{self, ACCOUNT_FAILURES, NAME_FAILURES, Target, failures_in_a_row};
use super::captcha::{self, Passed};
use super::core::Core;
use super::outcome::ServiceError;
use super::request_context::RequestContext;
use crate::crypto::hash_queue::HashSlot;
use crate::crypto::password_policy::Assessment;
use crate::crypto::{LookupKey, PasswordContext};
use crate::domain::{Email, Metric, Password, SecurityEvent, Timestamp, Username};
use crate::limits::{ACCOUNT_FAILURES_KEPT, DAY, HOUR};
use crate::mail::NotificationKind;
use crate::store::accounts::Account;
use crate::store::attempts::{Attempt, AttemptKind, Outcome, at_account, at_subject, finish, forgive};
use crate::store::{StoreError, Transaction, hourly_counters};

const TOO_MANY: &str = "Too many attempts.";
const TOO_MANY_TODAY: &str = "Too many attempts. Use a browser that you signed in with before, or reset your password.";
/// The number of attempts that are looked at: more than any limit.
const NEWEST: u64 = 128;

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
    /// The identifier as typed; empty if the user is already signed in.
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
    attempt: Uuid,
}

/// A recorded attempt.
#[derive(Clone, Copy, Debug)]
struct Recorded {
    id: Uuid,
    /// Whether the password is accepted if it is correct.
    accepted: bool,
    /// Failures in a row before this attempt, at the account or, if there is none, with the name.
    failures: usize,
}

impl PasswordCheck<'_> {
    /// Reserves a slot in the password hashing queue. Call this before using the database, so that
    /// during a flood requests are rejected without waiting for the writer.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] if the queue is full, or a third of it is taken by this network.
    pub fn enter(&self, by: &RequestContext) -> Result<HashSlot, ServiceError> {
        Ok(self.core.hasher.enter(by.prefix().site())?)
    }

    /// Rates a text that is typed as a new password.
    ///
    /// # Errors
    /// Same as [`PasswordCheck::enter`].
    pub async fn rate(
        &self,
        typed: &str,
        context: &PasswordContext<'_>,
        by: &RequestContext,
    ) -> Result<Assessment, ServiceError> {
        let slot = self.enter(by)?;
        Ok(self.core.password_policy.rate(typed, context, &slot).await?)
    }

    /// Checks a password. Returns `None` if it is wrong.
    ///
    /// Without an account the same work is done, so that the timing does not reveal whether there
    /// is one. The attempt is recorded before the password is checked, so that a burst of requests
    /// cannot check more passwords than the limit.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] after too many failures, or [`ServiceError::Captcha`] if the
    /// captcha is missing after repeated failures or was already used.
    pub async fn check(
        &self,
        slot: HashSlot,
        attempt: PasswordAttempt<'_>,
        captcha: CaptchaPolicy<'_>,
        by: &RequestContext,
    ) -> Result<Option<VerifiedPassword>, ServiceError> {
        let recorded = self.record(attempt, captcha, by).await?;
        // An impossible password is rejected before hashing, whether or not the account exists.
        let matches = match Password::parse_claimed(attempt.password) {
            Some(password) => {
                let open = attempt.account.filter(|account| account.is_open());
                self.core.hasher.verify(slot, &password, open.map(|account| account.password_hash.clone())).await?
            }
            None => false,
        };
        if matches && recorded.accepted {
            return Ok(Some(VerifiedPassword { attempt: recorded.id }));
        }
        self.core.captcha.count_failure(by);
        self.record_failure(recorded, attempt.account, by).await?;
        Ok(None)
    }

    /// Marks an attempt as succeeded, in the transaction that the password was required for.
    pub async fn mark_succeeded(&self, tx: &Transaction, verified: VerifiedPassword) -> Result<(), StoreError> {
        finish(tx, verified.attempt, Outcome::Succeeded).await
    }

    /// Stops counting the failures at an account, so that a user who set a new password with a
    /// mailed code can sign in immediately.
    pub async fn reset_failures(&self, tx: &Transaction, account: &Account) -> Result<(), StoreError> {
        forgive(tx, AttemptKind::Password, account.id).await
    }

    /// Checks the limits and records the attempt.
    async fn record(
        &self,
        attempt: PasswordAttempt<'_>,
        captcha: CaptchaPolicy<'_>,
        by: &RequestContext,
    ) -> Result<Recorded, ServiceError> {
        let tx = self.core.store.write().await?;
        let now = tx.now();
        // The same queries without an account, so that the response takes equally long.
        let owner = attempt.account.map_or(Uuid::nil(), |account| account.id);
        let at_account = at_account(&tx, AttemptKind::Password, owner, now - ACCOUNT_FAILURES_KEPT, NEWEST).await?;
        let failures = failures_in_a_row(&at_account).len();
        let device = self.core.known_device(&tx, owner, by).await?;
        let known_device = match &device {
            Some(device) => self.may_use_device(&tx, device, now, by).await?,
            None => false,
        };
        let (subject, accepted, failures) = match device.filter(|_| known_device) {
            Some(device) => (device, true, failures),
            None => {
                let name = self.name_key(attempt);
                let with_name = self.check_name(&tx, &name, captcha, by).await?;
                let accepted = failures < ACCOUNT_FAILURES && self.delay_in(&at_account, now, by).is_none();
                (name, accepted, if attempt.account.is_some() { failures } else { with_name })
            }
        };
        let target = Target {
            kind: AttemptKind::Password,
            subject: Some(&subject),
            // Attempts beyond a limit of the account do not count for it.
            account_id: attempt.account.filter(|_| accepted).map(|account| account.id),
            known_device,
        };
        let id = attempts::record(&tx, &self.core.rng, target, Outcome::Pending, by).await?;
        tx.commit().await?;
        Ok(Recorded { id, accepted, failures })
    }

    /// Records that an attempt failed, in the metrics and the security log. Notifies the owner once
    /// of many failures in a row.
    async fn record_failure(
        &self,
        recorded: Recorded,
        account: Option<&Account>,
        by: &RequestContext,
    ) -> Result<(), ServiceError> {
        let tx = self.core.store.write().await?;
        finish(&tx, recorded.id, Outcome::Failed).await?;
        hourly_counters::add(&tx, Metric::WrongPassword, tx.now()).await?;
        let notify = recorded.accepted && recorded.failures + 1 == NAME_FAILURES;
        let failures = u32::try_from(NAME_FAILURES).unwrap_or(u32::MAX);
        let about = NotificationKind::PasswordGuessed { failures };
        let (log, event) = (self.core.security_log(), SecurityEvent::SignInFailed);
        // As many rows are written without an account, so that the response takes equally long.
        match account {
            Some(account) => log.record(&tx, account.id, event, by).await?,
            None => log.record_nothing(&tx, event, by).await?,
        }
        match account {
            _ if !notify => {}
            Some(account) => self.core.notifications().send(&tx, account, about, by).await?,
            None => self.core.notifications().send_decoy(&tx, about, by).await?,
        }
        tx.commit().await?;
        if notify {
            self.core.mailer.wake();
        }
        Ok(())
    }

    /// Whether attempts from a known device are counted by that device. After too many failures it
    /// is treated like an unknown one.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] after too many failures in a row.
    async fn may_use_device(
        &self,
        tx: &Transaction,
        device: &LookupKey,
        now: Timestamp,
        by: &RequestContext,
    ) -> Result<bool, ServiceError> {
        let newest = at_subject(tx, AttemptKind::Password, device, now - ACCOUNT_FAILURES_KEPT, NEWEST).await?;
        let failures = failures_in_a_row(&newest);
        if failures.len() >= NAME_FAILURES {
            return Ok(false);
        }
        match self.delay(&failures, now) {
            Some(wait) => Err(limited(TOO_MANY, wait, by)),
            None => Ok(true),
        }
    }

    /// Checks the limits on attempts with a name from unknown devices. Returns the failures in a row.
    async fn check_name(
        &self,
        tx: &Transaction,
        name: &LookupKey,
        captcha: CaptchaPolicy<'_>,
        by: &RequestContext,
    ) -> Result<usize, ServiceError> {
        let (now, limits) = (tx.now(), &self.core.limits);
        let newest = at_subject(tx, AttemptKind::Password, name, now - DAY, NEWEST).await?;
        if let Some(wait) = self.delay_in(&newest, now, by) {
            return Err(limited(TOO_MANY, wait, by));
        }
        let failures = failures_in_a_row(&newest);
        if let Some(oldest) = failures.get(NAME_FAILURES - 1) {
            return Err(limited(TOO_MANY_TODAY, (*oldest + DAY).since(now).min(DAY), by));
        }
        match captcha {
            CaptchaPolicy::Asked(Some(passed)) => self.core.captcha.spend(tx, passed, by).await?,
            CaptchaPolicy::Asked(None) => {
                let recent = failures.iter().filter(|at| now.since(**at) < HOUR).count();
                let quota = limits.login_failures_per_ip;
                let suspect = self.core.captcha.is_suspect(by)
                    || recent >= limits.captcha_after_account_failures as usize
                    || attempts::wait_for_network(tx, AttemptKind::Password, true, quota, by).await?.is_some();
                if suspect {
                    return Err(ServiceError::Captcha(captcha::NEEDED));
                }
            }
            CaptchaPolicy::Never => {}
        }
        Ok(failures.len())
    }

    /// Returns the key of the name as typed. All spellings of one name have the same.
    fn name_key(&self, attempt: PasswordAttempt<'_>) -> LookupKey {
        let typed = attempt.identifier;
        match attempt.account {
            Some(account) if typed.is_empty() => self.core.keys.key(&["account", &account.id.to_string()]),
            _ => {
                let name = if typed.contains('@') {
                    Email::parse(typed).map(|email| email.key().to_owned()).ok()
                } else {
                    Username::parse(typed).map(|username| username.key()).ok()
                };
                self.core.keys.key(&["name", &name.unwrap_or_else(|| typed.to_lowercase())])
            }
        }
    }

    /// Returns how long the network of this request has to wait after these attempts of all
    /// networks.
    fn delay_in(&self, newest_first: &[Attempt], now: Timestamp, by: &RequestContext) -> Option<Duration> {
        let network = by.prefix().bytes();
        let here = newest_first.iter().filter(|attempt| attempt.network == network && !attempt.known_device);
        self.delay(&failures_in_a_row(here), now)
    }

    /// Returns how long to wait after these failures, newest first: not at all below the limit, then
    /// the initial delay, doubling up to the maximum.
    fn delay(&self, failures: &[Timestamp], now: Timestamp) -> Option<Duration> {
        let limits = &self.core.limits;
        let (mut counted, mut last) = (0_u32, None);
        for &at in failures.iter().rev() {
            counted = if last.is_some_and(|last| self.is_forgotten(counted, last, at)) { 0 } else { counted };
            (counted, last) = (counted.saturating_add(1), Some(at));
        }
        let last = last.filter(|&last| !self.is_forgotten(counted, last, now))?;
        let beyond = counted.checked_sub(limits.login_failures)?;
        let delay = limits.login_delay.saturating_mul(2_u32.saturating_pow(beyond.min(16))).min(limits.login_delay_max);
        let wait = (last + delay).since(now).min(delay);
        (!wait.is_zero()).then_some(wait)
    }

    /// Whether failures no longer count, if the last one was at `last`. Fewer failures than the
    /// limit expire after the window. Once the limit is reached, they are kept for an hour, longer
    /// than the longest delay, because otherwise waiting out a delay would reset them.
    fn is_forgotten(&self, failures: u32, last: Timestamp, now: Timestamp) -> bool {
        let limits = &self.core.limits;
        let memory = if failures < limits.login_failures { limits.login_window } else { HOUR };
        now.since(last) > memory
    }
}

fn limited(what: &'static str, wait: Duration, by: &RequestContext) -> ServiceError {
    tracing::warn!(event = "sign_in.limited", ip = %by.ip);
    ServiceError::Limited { what, wait }
}
