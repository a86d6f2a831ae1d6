//! The failure counter shared by all second factors of an account.

use uuid::Uuid;

use crate::crypto::LookupKeys;
use crate::domain::Timestamp;
use crate::limits::{DAY, Limits};
use crate::services::outcome::ServiceError;
use crate::store::login_failures::{self, Counter};
use crate::store::{StoreError, Transaction};

const TOO_MANY: &str = "Too many attempts.";

/// Counts an attempt as a failure before it is checked, in the same transaction. If the attempt
/// succeeds, [reset](reset_failures) the counter.
///
/// # Errors
/// [`ServiceError::Limited`] after too many failures.
pub async fn count_failure(
    tx: &Transaction,
    keys: &LookupKeys,
    limits: &Limits,
    account_id: Uuid,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let key = keys.key(&["mfa", &account_id.to_string()]);
    let counter = login_failures::get(tx, &key).await?;
    if let Some(blocked) = counter.filter(|counter| counter.blocked_until > now) {
        return Err(ServiceError::Limited { what: TOO_MANY, wait: blocked.blocked_until.since(now) });
    }
    // Start over after a lockout, or a day after the last failure.
    let begun = counter.filter(|it| it.failures < limits.mfa_failures && now.since(it.last_at) < DAY);
    let failures = begun.map_or(0, |counter| counter.failures).saturating_add(1);
    let blocked_until = if failures < limits.mfa_failures { now } else { now + limits.mfa_lockout };
    Ok(login_failures::put(tx, &key, Counter { failures, last_at: now, blocked_until }).await?)
}

/// Resets the failures of an account, in the transaction that the second factor was used for.
pub async fn reset_failures(tx: &Transaction, keys: &LookupKeys, account_id: Uuid) -> Result<(), StoreError> {
    login_failures::clear(tx, &keys.key(&["mfa", &account_id.to_string()])).await
}
