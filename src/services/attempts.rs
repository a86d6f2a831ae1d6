//! Limits on attempts and requests.
//!
//! Everything that is limited is a row of one table, written before the attempt is evaluated and marked as succeeded in
//! the transaction of its success. Every limit is a query on an index of that table, in a write transaction. Write
//! transactions run one at a time, so parallel requests, also to several processes, are counted one after another.
//!
//! | attempt | counted by | limit | beyond it |
//! |---|---|---|---|
//! | password | name as typed and network | `login_failures` in a row | delays, doubling |
//! | password | account and network | the same | as if the password were wrong |
//! | password | name as typed, all networks | `captcha_after_account_failures` per hour | a captcha |
//! | password | name as typed, all networks | [`NAME_FAILURES`] a day | refused |
//! | password | account, all networks | [`ACCOUNT_FAILURES`] in a row | as if the password were wrong |
//! | password | network, all names | `login_failures_per_ip` | a captcha |
//! | password | known device | `login_failures` in a row | delays, doubling |
//! | second factor | account, or its known device | `mfa_failures` in a row | locked, for twice as long each time |
//! | second factor | account, or its known device | [`ACCOUNT_FAILURES`] in a row | refused |
//! | emailed code | flow | `otp_tries` | the flow ends |
//! | emailed code | email and purpose | `otp_wrong_per_day` | long codes |
//! | emailed code | network | `wrong_codes_per_ip` | long codes |
//! | code request | email | `otp_per_hour`, `otp_per_day` | one a day for each other network |
//! | code request | known device of the account | `otp_per_hour`, `otp_per_day` | refused |
//! | code request | network | `codes_per_ip` | refused |
//! | form without a solved challenge | network | `no_js_forms_per_ip` | refused |
//! | change that sends an email | account | [`CHANGES_PER_DAY`] | refused |
//!
//! A passkey can't be guessed, so no limit applies to it. In a browser that the account was used in before, a *known
//! device*, only failures from that browser count: other users cannot keep the owner out. Limits per network count IPv4
//! addresses, and IPv6 by /64; for a /56 they are four times as high, and for a /48 sixteen times.
//!
//! A response depends only on what was counted under the name as typed, so it reveals neither whether there is an
//! account nor which email belongs to which username.

use std::borrow::Borrow;
use std::time::Duration;

use uuid::Uuid;

use super::account_transaction::AccountTransaction;
use super::core::Core;
use super::outcome::ServiceError;
use super::request_context::RequestContext;
use crate::crypto::LookupKey;
use crate::domain::Timestamp;
use crate::limits::{ACCOUNT_FAILURES_KEPT, CHANGES_PER_DAY, DAY, Quota};
use crate::rng::Rng;
use crate::store::attempts::{self, Attempt, AttemptKind, NewAttempt, Outcome};
use crate::store::{StoreError, Transaction, known_devices};

/// Wrong passwords in a row for a name in a day, after which it is no longer accepted from an unknown device. Username
/// and email together stay below [`ACCOUNT_FAILURES`] a day.
pub const NAME_FAILURES: usize = 50;
/// Failures in a row at an account (NIST SP 800-63B-4, section 3.2.2), after which it accepts that kind of secret only
/// from a known device, until a success or a recovery.
pub const ACCOUNT_FAILURES: usize = 100;

const TOO_MANY_CHANGES: &str = "This account was changed too often today.";

/// What an attempt is counted under.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub kind: AttemptKind,
    pub subject: Option<&'a LookupKey>,
    pub account_id: Option<Uuid>,
    pub known_device: bool,
}

impl Target<'_> {
    /// A request that is counted only by its network.
    #[must_use]
    pub const fn of(kind: AttemptKind) -> Self {
        Self { kind, subject: None, account_id: None, known_device: false }
    }
}

/// Records an attempt or a request with this outcome. Returns its id.
pub async fn record(
    tx: &Transaction,
    rng: &Rng,
    target: Target<'_>,
    outcome: Outcome,
    by: &RequestContext,
) -> Result<Uuid, StoreError> {
    let now = tx.now();
    let id = rng.id(now);
    let Target { kind, subject, account_id, known_device } = target;
    // Failures at an account are counted until a success, and others for a day.
    let until_success = account_id.is_some() && outcome != Outcome::Succeeded;
    let kept = if until_success { ACCOUNT_FAILURES_KEPT } else { DAY };
    let new = NewAttempt {
        id,
        kind,
        subject,
        account_id,
        network: by.prefix().bytes(),
        known_device,
        at: now,
        outcome,
        expires_at: now + kept,
    };
    attempts::insert(tx, new).await?;
    Ok(id)
}

/// Takes a request from the quota of its network. If the quota is used up, nothing is recorded and the time until the
/// next request is returned.
pub async fn take(
    tx: &Transaction,
    rng: &Rng,
    target: Target<'_>,
    quota: Quota,
    by: &RequestContext,
) -> Result<Option<Duration>, StoreError> {
    let wait = wait_for_network(tx, target.kind, false, quota, by).await?;
    if wait.is_none() {
        record(tx, rng, target, Outcome::Succeeded, by).await?;
    }
    Ok(wait)
}

/// Returns how long the network of this request, or a wider one, has used up its quota: of all attempts, or of failures.
pub async fn wait_for_network(
    tx: &Transaction,
    kind: AttemptKind,
    only_failures: bool,
    quota: Quota,
    by: &RequestContext,
) -> Result<Option<Duration>, StoreError> {
    let now = tx.now();
    let mut longest = None;
    for (networks, factor) in by.prefix().networks() {
        let most = quota.most.saturating_mul(factor);
        let since = now - quota.per;
        let newest = attempts::from_networks(tx, kind, networks, only_failures, since, most.into()).await?;
        if newest.len() >= most as usize {
            let oldest = newest.last().copied().unwrap_or(now);
            // The clock may have been set back since then.
            longest = longest.max(Some((oldest + quota.per).since(now).min(quota.per)));
        }
    }
    Ok(longest)
}

/// Returns when the failures since the last success were, newest first.
#[must_use]
pub fn failures_in_a_row(newest_first: impl IntoIterator<Item = impl Borrow<Attempt>>) -> Vec<Timestamp> {
    let since_success = newest_first.into_iter().take_while(|attempt| attempt.borrow().outcome != Outcome::Succeeded);
    let failures = since_success.filter(|attempt| attempt.borrow().failed());
    failures.map(|attempt| attempt.borrow().at).collect()
}

impl Core {
    /// Counts a change of the user's own account that sends an email.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if the account has used up [`CHANGES_PER_DAY`]. Nothing is then recorded.
    pub(super) async fn count_change(
        &self,
        own: &AccountTransaction<'_>,
        by: &RequestContext,
    ) -> Result<(), ServiceError> {
        let (kind, account_id, quota) = (AttemptKind::AccountChange, own.account.id, CHANGES_PER_DAY);
        let now = own.tx.now();
        let newest = attempts::at_account(&own.tx, kind, account_id, now - quota.per, quota.most.into()).await?;
        if newest.len() >= quota.most as usize {
            let oldest = newest.last().map_or(now, |attempt| attempt.at);
            // The clock may have been set back since then.
            let wait = (oldest + quota.per).since(now).min(quota.per);
            return Err(ServiceError::Limited { what: TOO_MANY_CHANGES, wait });
        }
        let target = Target { account_id: Some(account_id), ..Target::of(kind) };
        record(&own.tx, &self.rng, target, Outcome::Succeeded, by).await?;
        Ok(())
    }

    /// Returns the key under which the attempts of this browser are counted, if the account was used in it before.
    pub(super) async fn known_device(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        by: &RequestContext,
    ) -> Result<Option<LookupKey>, StoreError> {
        let Some(token) = &by.device else { return Ok(None) };
        let id = known_devices::find(tx, account_id, token.digest()).await?;
        Ok(id.map(|id| self.keys.key(&["device", &id.to_string()])))
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, Outcome, Timestamp, failures_in_a_row};

    #[test]
    fn only_failures_after_the_last_success_are_in_a_row() {
        let attempt = |at, outcome| Attempt { network: Vec::new(), known_device: false, at: Timestamp(at), outcome };
        let newest_first = [
            attempt(5, Outcome::Pending),
            attempt(4, Outcome::Forgiven),
            attempt(3, Outcome::Failed),
            attempt(2, Outcome::Succeeded),
            attempt(1, Outcome::Failed),
        ];
        assert_eq!(failures_in_a_row(&newest_first), [Timestamp(5), Timestamp(3)]);
    }
}
