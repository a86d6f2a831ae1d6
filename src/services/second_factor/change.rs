//! The consequences of changing an account's second factors, for all kinds of factors.

use uuid::Uuid;

use super::SecondFactor;
use crate::domain::{NoticeKind, RecoveryCode};
use crate::paths;
use crate::services::account_transaction::AccountTransaction;
use crate::services::outcome::{FactorChange, NextStep, SessionChange};
use crate::services::request_context::RequestContext;
use crate::store::{StoreError, Transaction, accounts, passkeys, recovery_codes, sessions, totp, trusted_browsers};

/// Advice in case of an account takeover.
pub(super) const TAKEOVER_ADVICE: &str =
    "If you think someone else has access, sign out your other devices under Account, Sessions.";
const OTHERS_ENDED: &str = "You've been signed out on all other devices.";

/// What adding a factor led to.
#[derive(Debug)]
pub struct FactorAdded {
    codes: Option<Vec<RecoveryCode>>,
    /// Whether two-step sign-in was off before.
    first: bool,
    session_version: i32,
}

impl FactorAdded {
    /// Returns the next step after a factor was added. The message appears on the page with the new recovery codes, if
    /// there are any.
    #[must_use]
    pub fn into_next_step(self, message: &str) -> NextStep {
        let to = if self.codes.is_some() { paths::RECOVERY_CODES } else { paths::ACCOUNT_SECURITY };
        let advice = if self.first { OTHERS_ENDED } else { TAKEOVER_ADVICE };
        let change = FactorChange::Added { session_version: self.session_version };
        NextStep::go(to)
            .with_notice(NoticeKind::Success, format!("{message} {advice}"))
            .with_session(SessionChange::Factors { change, codes: self.codes })
    }
}

/// Returns the next step after a factor was removed.
#[must_use]
pub fn factor_removed(message: String, still_on: bool) -> NextStep {
    let change = if still_on { FactorChange::Kept } else { FactorChange::RemovedLast };
    NextStep::go(paths::ACCOUNT_SECURITY)
        .with_notice(NoticeKind::Success, message)
        .with_session(SessionChange::Factors { change, codes: None })
}

impl SecondFactor<'_> {
    /// Does what follows from adding a factor, in the transaction that added it. `first` says whether the account had
    /// none before.
    ///
    /// The first factor ends the account's other sessions: they began with the password alone, maybe by someone who is
    /// the reason for adding a factor. Recovery codes are created if none are left.
    pub async fn added(
        &self,
        own: &AccountTransaction<'_>,
        first: bool,
        by: &RequestContext,
    ) -> Result<FactorAdded, StoreError> {
        let (tx, account) = (&own.tx, &own.account);
        let mut session_version = account.session_version;
        if first {
            accounts::set_two_step_since(tx, account.id, Some(tx.now())).await?;
            accounts::end_sessions(tx, account.id).await?;
            sessions::end_others(tx, account.id, own.member.session).await?;
            session_version += 1;
        }
        let has_codes = recovery_codes::left(tx, account.id).await? > 0;
        let codes = if has_codes { None } else { Some(self.replace_recovery_codes(own, by).await?) };
        Ok(FactorAdded { codes, first, session_version })
    }

    /// Removes the recovery codes and trusted browsers if no factor is left, and stops counting failures, so that a new
    /// factor does not begin locked. Call this in the transaction that removed a factor. Returns whether two-step
    /// sign-in is still on.
    pub async fn removed(&self, tx: &Transaction, account_id: Uuid) -> Result<bool, StoreError> {
        let still_on = self.factors(tx, account_id).await?.any();
        if !still_on {
            recovery_codes::remove_all(tx, account_id).await?;
            trusted_browsers::forget_all(tx, account_id).await?;
            accounts::set_two_step_since(tx, account_id, None).await?;
            self.reset_failures(tx, account_id).await?;
        }
        Ok(still_on)
    }

    /// Turns two-step sign-in off: removes all factors, the recovery codes and the trusted browsers.
    pub async fn remove_all(&self, tx: &Transaction, account_id: Uuid) -> Result<(), StoreError> {
        totp::remove(tx, account_id).await?;
        passkeys::remove_all(tx, account_id).await?;
        self.removed(tx, account_id).await?;
        Ok(())
    }
}
