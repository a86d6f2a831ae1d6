//! Limits per IP prefix that persist across restarts.
//!
//! Each limit is one row whose key is a keyed hash. The quota is taken within the transaction of
//! the limited action. Because there is only one writer, parallel requests are counted one after
//! another and none is missed.

use std::time::Duration;

use super::request_context::RequestContext;
use crate::crypto::{LookupKey, LookupKeys};
use crate::domain::Timestamp;
use crate::limits::Quota;
use crate::store::{StoreError, Transaction, quotas};

/// What is counted for an IP prefix. The names are part of the keys in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaKind {
    /// Codes requested for any recipient.
    RequestedCodes,
    /// Forms submitted without solving the challenge in them.
    Unproven,
    WrongCodes,
    SignInFailures,
}

impl QuotaKind {
    fn name(self) -> &'static str {
        match self {
            Self::RequestedCodes => "codes",
            Self::Unproven => "unproven",
            Self::WrongCodes => "wrong codes",
            Self::SignInFailures => "sign-in failures",
        }
    }
}

/// Takes one unit from the quota of this IP prefix. If the quota is used up, nothing is taken and
/// the time until the next unit is returned.
pub async fn take(
    tx: &Transaction,
    keys: &LookupKeys,
    kind: QuotaKind,
    quota: Quota,
    by: &RequestContext,
    now: Timestamp,
) -> Result<Option<Duration>, StoreError> {
    let key = key(keys, kind, by);
    match quota.take(quotas::full_at(tx, &key).await?, now) {
        Ok(full_at) => {
            quotas::put(tx, &key, full_at).await?;
            Ok(None)
        }
        Err(wait) => Ok(Some(wait)),
    }
}

/// Returns one unit to the quota, for an attempt that turned out not to count.
pub async fn give_back(
    tx: &Transaction,
    keys: &LookupKeys,
    kind: QuotaKind,
    quota: Quota,
    by: &RequestContext,
) -> Result<(), StoreError> {
    let key = key(keys, kind, by);
    if let Some(full_at) = quotas::full_at(tx, &key).await? {
        quotas::put(tx, &key, full_at - quota.share()).await?;
    }
    Ok(())
}

fn key(keys: &LookupKeys, kind: QuotaKind, by: &RequestContext) -> LookupKey {
    keys.key(&["quota", kind.name(), &by.prefix().to_string()])
}
