//! The limit on attempts at the second step, with all second factors of an account together.

use std::time::Duration;

use uuid::Uuid;

use super::SecondFactor;
use crate::crypto::LookupKey;
use crate::domain::Timestamp;
use crate::limits::{ACCOUNT_FAILURES_KEPT, DAY};
use crate::services::attempts::{self, ACCOUNT_FAILURES, Target, failures_in_a_row};
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::attempts::{AttemptKind, Outcome, at_account, at_subject, forgive};
use crate::store::{StoreError, Transaction};

const TOO_MANY: &str = "Too many attempts.";
const NO_MORE: &str = "Too many attempts. Use a passkey or a browser that you signed in with before.";

/// The number of attempts that are looked at: enough for [`ACCOUNT_FAILURES`] beside those of known devices.
const NEWEST: u64 = 200;

/// What the attempts of a browser at the second step of an account are counted under.
#[derive(Debug)]
pub struct Counted {
    account_id: Uuid,
    /// The browser, if it is a known device of the account.
    device: Option<LookupKey>,
}

impl SecondFactor<'_> {
    /// Returns what an attempt is counted under: a known device of the account by itself, and all
    /// other browsers together.
    pub(super) async fn counted(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        by: &RequestContext,
    ) -> Result<Counted, StoreError> {
        Ok(Counted { account_id, device: self.core.known_device(tx, account_id, by).await? })
    }

    /// Checks the limit. Each lockout is twice as long as the one before, up to a day.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] after too many failures.
    pub(super) async fn check_limit(&self, tx: &Transaction, counted: &Counted) -> Result<(), ServiceError> {
        match self.lockout(tx, counted).await? {
            Some((what, wait)) => Err(ServiceError::Limited { what, wait }),
            None => Ok(()),
        }
    }

    /// Returns why and for how long no attempt is checked, if that is so.
    pub(super) async fn lockout(
        &self,
        tx: &Transaction,
        counted: &Counted,
    ) -> Result<Option<(&'static str, Duration)>, StoreError> {
        let (now, since) = (tx.now(), tx.now() - ACCOUNT_FAILURES_KEPT);
        let kind = AttemptKind::SecondFactor;
        let failures = match &counted.device {
            Some(device) => failures_in_a_row(&at_subject(tx, kind, device, since, NEWEST).await?),
            None => {
                let newest = at_account(tx, kind, counted.account_id, since, NEWEST).await?;
                // A success on a known device counts as one of the owner.
                failures_in_a_row(newest.iter().filter(|it| !it.known_device || it.outcome == Outcome::Succeeded))
            }
        };
        if failures.len() >= ACCOUNT_FAILURES {
            return Ok(Some((NO_MORE, DAY)));
        }
        let until = self.locked_until(&failures).filter(|until| *until > now);
        Ok(until.map(|until| (TOO_MANY, until.since(now).min(DAY))))
    }

    /// Records the outcome of an attempt.
    pub(super) async fn record(
        &self,
        tx: &Transaction,
        counted: &Counted,
        outcome: Outcome,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        let target = Target {
            kind: AttemptKind::SecondFactor,
            subject: counted.device.as_ref(),
            account_id: Some(counted.account_id),
            known_device: counted.device.is_some(),
        };
        attempts::record(tx, &self.core.rng, target, outcome, by).await?;
        Ok(())
    }

    /// Stops counting the failures of an account.
    pub async fn reset_failures(&self, tx: &Transaction, account_id: Uuid) -> Result<(), StoreError> {
        forgive(tx, AttemptKind::SecondFactor, account_id).await
    }

    /// Returns when the lockout after these failures in a row, newest first, ends.
    fn locked_until(&self, failures: &[Timestamp]) -> Option<Timestamp> {
        let (newest, limits) = (failures.first()?, &self.core.limits);
        let count = u32::try_from(failures.len()).unwrap_or(u32::MAX);
        let lockouts = count / limits.mfa_failures;
        if !count.is_multiple_of(limits.mfa_failures) {
            return None;
        }
        let lockout = limits.mfa_lockout.saturating_mul(2_u32.saturating_pow(lockouts.saturating_sub(1)));
        Some(*newest + lockout.min(DAY))
    }
}
