//! Entering a second factor again in a session that is signed in.

use super::SecondFactor;
use crate::domain::SecondStepCode;
use crate::services::account_transaction::AccountTransaction;
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::services::sign_in::Method;
use crate::store::attempts::Outcome;
use crate::store::lineage::Lineage;

impl SecondFactor<'_> {
    /// Verifies a code for an account whose password was just verified, and returns where the factor comes from, or
    /// `None` if the code is wrong. The attempt is counted with those at sign-in, whether it succeeds or fails, so the
    /// caller commits in both cases.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] after too many failures.
    pub async fn confirm_with_code(
        &self,
        own: &AccountTransaction<'_>,
        code: &SecondStepCode,
        by: &RequestContext,
    ) -> Result<Option<Lineage>, ServiceError> {
        let (tx, account) = (&own.tx, &own.account);
        let counted = self.counted(tx, account.id, by).await?;
        self.check_limit(tx, &counted).await?;
        let Some(proof) = self.verify_code(tx, account.id, code).await? else {
            self.record_failure(tx, account, &counted, by).await?;
            return Ok(None);
        };
        self.record(tx, &counted, Outcome::Succeeded, by).await?;
        if proof.method == Method::PasswordAndRecoveryCode {
            self.report_recovery_code_used(tx, account, by).await?;
        }
        Ok(Some(proof.origin))
    }
}
