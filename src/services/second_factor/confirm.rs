//! Entering a second factor again in a session that is signed in.

use super::SecondFactor;
use crate::domain::{RecoveryCode, SecondStepCode};
use crate::services::account_transaction::AccountTransaction;
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::services::sign_in::Method;
use crate::store::attempts::Outcome;
use crate::store::lineage::Lineage;

/// A correct code.
#[derive(Clone, Debug)]
pub struct ConfirmedCode {
    /// Where the factor comes from.
    pub origin: Lineage,
    /// Replaces the recovery code that was used.
    pub new_recovery_code: Option<RecoveryCode>,
}

impl SecondFactor<'_> {
    /// Verifies a code for an account whose password was just verified. Returns `None` if the code is wrong. The attempt
    /// is counted with those at sign-in, whether it succeeds or fails, so the caller commits in both cases.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] after too many failures.
    pub async fn confirm_with_code(
        &self,
        own: &AccountTransaction<'_>,
        code: &SecondStepCode,
        by: &RequestContext,
    ) -> Result<Option<ConfirmedCode>, ServiceError> {
        let (tx, account) = (&own.tx, &own.account);
        let counted = self.counted(tx, account.id, by).await?;
        self.check_limit(tx, &counted).await?;
        let Some(proof) = self.verify_code(tx, account.id, code).await? else {
            self.record_failure(tx, account, &counted, by).await?;
            return Ok(None);
        };
        self.record(tx, &counted, Outcome::Succeeded, by).await?;
        let new_recovery_code = match proof.method {
            Method::PasswordAndRecoveryCode => {
                let session = own.origin().join(&proof.origin);
                Some(self.replace_used_code(tx, account, &session, by).await?)
            }
            _ => None,
        };
        Ok(Some(ConfirmedCode { origin: proof.origin, new_recovery_code }))
    }
}
