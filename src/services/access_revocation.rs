//! Revoking all access to an account that was closed or was returned to its owner.

use uuid::Uuid;

use crate::domain::Timestamp;
use crate::store::accounts::{self, Account};
use crate::store::{StoreError, Transaction, email_verifications, otps, sessions, totp, trusted_browsers};

/// Ends all sessions of an account and all its sign-ins in progress. Also cancels everything that
/// is waiting for a code (codes, recoveries and email changes) and removes all trusted browsers.
pub async fn revoke_all_access(tx: &Transaction, account: &Account, now: Timestamp) -> Result<(), StoreError> {
    end_sessions(tx, account.id).await?;
    otps::invalidate_for_email(tx, account.email.key(), now).await?;
    email_verifications::finish_recoveries(tx, account.id, now).await?;
    email_verifications::drop_email_change(tx, account.id, now).await?;
    trusted_browsers::forget_all(tx, account.id).await?;
    Ok(())
}

/// Ends all sessions, including sign-ins that are waiting for their second factor, from the next
/// request. An authenticator app that one of them is adding is discarded.
pub async fn end_sessions(tx: &Transaction, account_id: Uuid) -> Result<(), StoreError> {
    totp::cancel(tx, account_id).await?;
    accounts::end_sessions(tx, account_id).await?;
    sessions::end_all(tx, account_id).await
}
