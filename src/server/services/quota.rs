//! Limits over an address prefix that a restart does not reset.
//!
//! Each is one row whose key is a keyed hash, and is taken from within the
//! transaction of what it limits: the one writer makes a hundred parallel
//! requests take turns, so that none passes unseen.

use std::time::Duration;

use crate::server::store::Transaction;

use super::requester::Requester;
use crate::domain::Timestamp;
use crate::server::crypto::{LookupKey, LookupKeys};
use crate::server::limits::Quota;
use crate::server::store::{StoreError, quotas};

/// What is counted for an address prefix. The names are part of the keys in the
/// database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Codes asked for, whoever they were mailed to.
    Codes,
    /// Forms sent without a solved challenge where one was asked for.
    Unproven,
    WrongCodes,
    SignInFailures,
}

impl Counted {
    fn name(self) -> &'static str {
        match self {
            Self::Codes => "codes",
            Self::Unproven => "unproven",
            Self::WrongCodes => "wrong codes",
            Self::SignInFailures => "sign-in failures",
        }
    }
}

/// Takes one from the quota of this address prefix: `Some` is how long to wait
/// for the next, and nothing was taken.
///
/// # Errors
/// Only faults.
pub async fn take(
    tx: &Transaction,
    keys: &LookupKeys,
    counted: Counted,
    quota: Quota,
    by: &Requester,
    now: Timestamp,
) -> Result<Option<Duration>, StoreError> {
    let key = key(keys, counted, by);
    match quota.take(quotas::full_at(tx, &key).await?, now) {
        Ok(full_at) => {
            quotas::put(tx, &key, full_at).await?;
            Ok(None)
        }
        Err(wait) => Ok(Some(wait)),
    }
}

/// Gives back what turned out not to count.
///
/// # Errors
/// Only faults.
pub async fn give_back(
    tx: &Transaction,
    keys: &LookupKeys,
    counted: Counted,
    quota: Quota,
    by: &Requester,
) -> Result<(), StoreError> {
    let key = key(keys, counted, by);
    if let Some(full_at) = quotas::full_at(tx, &key).await? {
        quotas::put(tx, &key, full_at - quota.share()).await?;
    }
    Ok(())
}

fn key(keys: &LookupKeys, counted: Counted, by: &Requester) -> LookupKey {
    keys.key(&["quota", counted.name(), &by.prefix().to_string()])
}
