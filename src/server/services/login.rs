//! Signing in.

use std::time::Duration;

use super::captcha::{self, Answer, Captcha, Form, Passed};
use super::outcome::{Fault, ServiceError};
use super::quota::{self, Counted};
use super::requester::Requester;
use crate::domain::{Email, FieldErrors, Password, Timestamp, Username};
use crate::server::clock::Clock;
use crate::server::crypto::{LookupKeys, PasswordHasher, TokenDigest};
use crate::server::limits::{HOUR, Limits};
use crate::server::store::accounts::Account;
use crate::server::store::counters::{self, Counter};
use crate::server::store::sessions::SignedIn;
use crate::server::store::{Store, StoreError, accounts};

const NO_MATCH: &str = "The username or email and the password do not match.";
const TOO_MANY: &str = "Too many tries.";

/// The service behind `/login`.
#[derive(Clone, Debug)]
pub struct Login {
    pub store: Store,
    pub hasher: PasswordHasher,
    pub captcha: Captcha,
    pub keys: LookupKeys,
    pub limits: Limits,
    pub clock: Clock,
}

/// Where the failures of an account are counted.
struct Counters {
    /// For each address prefix its own: guessing from elsewhere does not lock
    /// the owner out.
    from_here: TokenDigest,
    /// Over all of them: after many, signing in asks for a challenge, and no more.
    from_anywhere: TokenDigest,
}

impl Login {
    /// Checks a username or address and a password. Unknown, wrong and
    /// disabled cannot be told apart, by the answer or by its time.
    ///
    /// # Errors
    /// Empty fields, one sentence for every wrong pair, a wait after too many
    /// failures from this address prefix, the want of a challenge after some, or
    /// no place among those who hash.
    pub async fn sign_in(
        &self,
        identifier: &str,
        password: &str,
        answer: &Answer<'_>,
        by: &Requester,
    ) -> Result<SignedIn, ServiceError> {
        let identifier = identifier.trim();
        let mut errors = FieldErrors::default();
        if identifier.is_empty() {
            errors.add("identifier", "Enter your username or email address.");
        }
        if password.is_empty() {
            errors.add("password", "Enter your password.");
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        // An answer that came is judged, also where none would have been asked for.
        let passed = match answer.challenge {
            "" => None,
            _ => Some(self.captcha.check(Form::Login, answer, by).await?),
        };
        // Before the database: in a flood nobody waits for its writer only to hear that this is one.
        let place = self.hasher.enter()?;
        let account = self.find(identifier).await?;
        let counters = self.counters(identifier, account.as_ref(), by);
        self.count_failure(&counters, passed.as_ref(), by).await?;
        // An impossible password is refused before any hashing, whoever it was meant for.
        let Some(password) = Password::parse_claimed(password) else {
            self.captcha.note_failure(by);
            tracing::info!(event = "sign_in.failed", ip = %by.ip);
            return Err(ServiceError::Refused(NO_MATCH));
        };
        let account = account.filter(|account| !account.disabled);
        let right = self.hasher.verify(place, &password, account.as_ref().map(|it| it.password_hash.clone())).await?;
        match account.filter(|_| right) {
            Some(account) => self.succeed(account, &counters, by).await,
            None => {
                tracing::info!(event = "sign_in.failed", ip = %by.ip);
                self.captcha.note_failure(by);
                Err(ServiceError::Refused(NO_MATCH))
            }
        }
    }

    /// The account behind a session, unless it is gone or disabled.
    ///
    /// # Errors
    /// Only faults.
    pub async fn account(&self, signed_in: &SignedIn) -> Result<Option<Account>, Fault> {
        let account = accounts::by_id(self.store.reader(), signed_in.account_id).await?;
        Ok(account.filter(|account| !account.disabled))
    }

    async fn find(&self, identifier: &str) -> Result<Option<Account>, StoreError> {
        if identifier.contains('@') {
            let Ok(email) = Email::parse(identifier) else { return Ok(None) };
            return accounts::by_email(self.store.reader(), &email).await;
        }
        let Ok(username) = Username::parse(identifier) else { return Ok(None) };
        accounts::by_username(self.store.reader(), &username).await
    }

    /// The counters of an account, the same however it is named.
    fn counters(&self, identifier: &str, account: Option<&Account>, by: &Requester) -> Counters {
        let who = account.map_or_else(|| identifier.to_lowercase(), |account| account.id.to_string());
        Counters {
            from_here: self.keys.key(&["login", &who, &by.prefix().to_string()]),
            from_anywhere: self.keys.key(&["login", &who]),
        }
    }

    /// Counts a failure before the password is looked at; a success takes it
    /// back. So a burst evaluates no more than the limit.
    async fn count_failure(
        &self,
        keys: &Counters,
        passed: Option<&Passed>,
        by: &Requester,
    ) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let tx = self.store.write().await?;
        let counter = counters::get(&tx, &keys.from_here).await?.filter(|counter| !self.is_forgotten(counter, now));
        if let Some(blocked) = counter.filter(|counter| counter.blocked_until > now) {
            return Err(limited(blocked.blocked_until.since(now), by));
        }
        let anywhere = counters::get(&tx, &keys.from_anywhere).await?;
        let anywhere = anywhere.filter(|it| now.since(it.last_at) < HOUR).map_or(0, |it| it.failures);
        match passed {
            Some(passed) => self.captcha.spend(&tx, passed, by).await?,
            None if self.captcha.is_suspect(by) || anywhere >= self.limits.captcha.after_account_failures => {
                return Err(ServiceError::Captcha(captcha::NEEDED));
            }
            None => {}
        }
        let quota = self.limits.login_failures_per_address;
        if let Some(wait) = quota::take(&tx, &self.keys, Counted::SignInFailures, quota, by, now).await? {
            return Err(limited(wait, by));
        }
        let failures = counter.map_or(0, |counter| counter.failures).saturating_add(1);
        let blocked_until = now + self.delay_after(failures);
        counters::put(&tx, &keys.from_here, Counter { failures, last_at: now, blocked_until }).await?;
        let anywhere = Counter { failures: anywhere.saturating_add(1), last_at: now, blocked_until: now };
        counters::put(&tx, &keys.from_anywhere, anywhere).await?;
        Ok(tx.commit().await?)
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

    async fn succeed(&self, account: Account, keys: &Counters, by: &Requester) -> Result<SignedIn, ServiceError> {
        let now = self.clock.now();
        let ip = by.ip.to_string();
        let tx = self.store.write().await?;
        counters::clear(&tx, &keys.from_here).await?;
        counters::take_back(&tx, &keys.from_anywhere).await?;
        let quota = self.limits.login_failures_per_address;
        quota::give_back(&tx, &self.keys, Counted::SignInFailures, quota, by).await?;
        accounts::note_sign_in(&tx, account.id, now, &ip).await?;
        tx.commit().await?;
        tracing::info!(event = "sign_in.succeeded", account = %account.id, ip = %by.ip);
        Ok(SignedIn {
            account_id: account.id,
            remember: false,
            at: now.0,
            ip,
            user_agent: by.user_agent.clone(),
            previous_at: account.last_sign_in_at.map(|at| at.0),
            previous_ip: account.last_sign_in_ip,
        })
    }
}

fn limited(wait: Duration, by: &Requester) -> ServiceError {
    tracing::warn!(event = "sign_in.limited", ip = %by.ip);
    ServiceError::Limited { what: TOO_MANY, wait }
}
