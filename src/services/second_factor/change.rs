//! The consequences of changing an account's second factors, for all kinds of factors.

use uuid::Uuid;

use super::SecondFactor;
use crate::domain::{NoticeKind, RecoveryCode};
use crate::paths;
use crate::services::outcome::{NextStep, SessionChange};
use crate::services::request_context::RequestContext;
use crate::store::{StoreError, Transaction, recovery_codes, trusted_browsers};

/// Advice in case of an account takeover.
pub(super) const TAKEOVER_ADVICE: &str =
    "If you think someone else has access, sign out your other devices under Account, Sessions.";

/// Returns the next step after a factor was added. The message appears on the page with the new recovery codes, if
/// there are any.
#[must_use]
pub fn factor_added(message: String, codes: Option<Vec<RecoveryCode>>) -> NextStep {
    let to = if codes.is_some() { paths::RECOVERY_CODES } else { paths::ACCOUNT_SECURITY };
    let change = SessionChange::Factors { two_step: Some(true), codes };
    NextStep::go(to).with_notice(NoticeKind::Success, message).with_session(change)
}

/// Returns the next step after a factor was removed.
#[must_use]
pub fn factor_removed(message: String, still_on: bool) -> NextStep {
    let change = SessionChange::Factors { two_step: Some(still_on), codes: None };
    NextStep::go(paths::ACCOUNT_SECURITY).with_notice(NoticeKind::Success, message).with_session(change)
}

impl SecondFactor<'_> {
    /// Creates recovery codes if the account has none left, as after adding its first factor. Call
    /// this in the transaction that added a factor.
    pub async fn added(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        by: &RequestContext,
    ) -> Result<Option<Vec<RecoveryCode>>, StoreError> {
        if self.recovery_codes_left(tx, account_id).await? > 0 {
            return Ok(None);
        }
        self.replace_recovery_codes(tx, account_id, by).await.map(Some)
    }

    /// Removes the recovery codes and trusted browsers if no factor is left. Call this in the
    /// transaction that removed a factor. Returns whether two-step sign-in is still on.
    pub async fn removed(&self, tx: &Transaction, account_id: Uuid) -> Result<bool, StoreError> {
        let still_on = self.factors(tx, account_id).await?.any();
        if !still_on {
            recovery_codes::remove_all(tx, account_id).await?;
            trusted_browsers::forget_all(tx, account_id).await?;
        }
        Ok(still_on)
    }
}
