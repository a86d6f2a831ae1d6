//! What ends with an account that nobody may sign in to any more, or that has
//! come back to its owner.

use crate::server::store::Transaction;

use crate::domain::Timestamp;
use crate::server::store::accounts::{self, Account};
use crate::server::store::{StoreError, email_changes, otps, recoveries, sessions, trusted_browsers};

/// Ends every session of an account and every sign-in under way, and makes all
/// worthless that waits for a code: codes, recoveries, a change of the address.
/// No browser is trusted any more.
///
/// # Errors
/// Only faults.
pub async fn end_all(tx: &Transaction, account: &Account, now: Timestamp) -> Result<(), StoreError> {
    accounts::end_sessions(tx, account.id).await?;
    sessions::end_all(tx, account.id).await?;
    otps::void_address(tx, account.email.key(), now).await?;
    recoveries::finish_all(tx, account.id, now).await?;
    email_changes::drop_pending(tx, account.id, now).await?;
    trusted_browsers::forget_all(tx, account.id).await?;
    Ok(())
}
