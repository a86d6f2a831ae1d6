//! What follows from a change of an account's factors, whichever it is of.

use crate::server::store::Transaction;
use uuid::Uuid;

use super::SecondFactor;
use crate::domain::{NoticeKind, RecoveryCode};
use crate::paths;
use crate::server::services::outcome::Done;
use crate::server::services::requester::Requester;
use crate::server::store::{StoreError, recovery_codes, trusted_browsers};

/// What to do when somebody else may be in the account.
pub(super) const SAFE: &str =
    "If you think someone else has access, sign out your other devices under Account, Sessions.";

/// A change that was made.
#[derive(Debug)]
pub struct Change {
    pub done: Done,
    /// New recovery codes, to be shown once.
    pub codes: Option<Vec<RecoveryCode>>,
    /// Whether this session counts as begun with two factors from now on:
    /// the password and the new one have just been shown.
    pub two_step: Option<bool>,
}

impl Change {
    /// A factor was added: says so where the new recovery codes are shown, if there are any.
    #[must_use]
    pub fn on(said: String, codes: Option<Vec<RecoveryCode>>) -> Self {
        let to = if codes.is_some() { paths::RECOVERY_CODES } else { paths::ACCOUNT_SECURITY };
        Self { done: Done::go(to).saying(NoticeKind::Success, said), codes, two_step: Some(true) }
    }
}

impl SecondFactor {
    /// In the transaction that added a factor: makes recovery codes when the
    /// account has none left, as with its first factor.
    ///
    /// # Errors
    /// Only faults.
    pub async fn added(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        by: &Requester,
    ) -> Result<Option<Vec<RecoveryCode>>, StoreError> {
        if self.recovery_codes_left(tx, account_id).await? > 0 {
            return Ok(None);
        }
        self.replace_recovery_codes(tx, account_id, by).await.map(Some)
    }

    /// In the transaction that removed a factor: when none is left, forgets what
    /// stood in for one. Tells whether signing in still takes two steps.
    ///
    /// # Errors
    /// Only faults.
    pub async fn removed(&self, tx: &Transaction, account_id: Uuid) -> Result<bool, StoreError> {
        let still_on = self.factors(tx, account_id).await?.any();
        if !still_on {
            recovery_codes::remove_all(tx, account_id).await?;
            trusted_browsers::forget_all(tx, account_id).await?;
        }
        Ok(still_on)
    }
}
