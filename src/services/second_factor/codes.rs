//! Creating and using recovery codes.

use uuid::Uuid;

use super::SecondFactor;
use super::change::TAKEOVER_ADVICE;
use crate::crypto::recovery_codes::{digest, generate, generate_one};
use crate::domain::{NoticeKind, RecoveryCode, SecurityEvent};
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::account_transaction::AccountTransaction;
use crate::services::outcome::{FactorChange, NextStep, ServiceError, SessionChange};
use crate::services::request_context::RequestContext;
use crate::store::accounts::Account;
use crate::store::lineage::Lineage;
use crate::store::recovery_codes::NewCode;
use crate::store::{StoreError, Transaction, recovery_codes};

/// Tells the user where to find the code that replaces a used one.
pub const REPLACED: &str =
    "You used a recovery code. A new one replaces it: open Account, Security to see it and save it.";
const OFF: &str = "Add an authenticator app or a passkey before you get recovery codes.";

impl SecondFactor<'_> {
    /// Creates ten new recovery codes and invalidates the previous ones.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`], [`ServiceError::SecondFactorRequired`], or [`ServiceError::Refused`] if
    /// two-step sign-in is off.
    pub async fn new_recovery_codes(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let own = self.core.begin_own_with_all_factors(by).await?;
        if !self.factors(&own.tx, own.account.id).await?.any() {
            return Err(ServiceError::Refused(OFF));
        }
        self.core.count_change(&own, by).await?;
        let codes = self.replace_recovery_codes(&own, by).await?;
        let undo = Some(self.undo_link(&own).await?);
        let about = NotificationKind::RecoveryCodesMade { undo };
        self.core.notifications().send(&own.tx, &own.account, about, by).await?;
        let account_id = own.account.id;
        own.commit().await?;
        tracing::info!(event = "two_step.recovery_codes", account = %account_id, ip = %by.ip);
        let message = format!("These are your new recovery codes. The old ones no longer work. {TAKEOVER_ADVICE}");
        let change = SessionChange::Factors { change: FactorChange::Kept, codes: Some(codes) };
        Ok(NextStep::go(paths::RECOVERY_CODES).with_notice(NoticeKind::Success, message).with_session(change))
    }

    pub(super) async fn replace_recovery_codes(
        &self,
        own: &AccountTransaction<'_>,
        by: &RequestContext,
    ) -> Result<Vec<RecoveryCode>, StoreError> {
        let (now, account_id) = (own.tx.now(), own.account.id);
        let codes = generate(&self.core.rng);
        let rows = codes.iter().map(|code| self.new_code(&own.tx, account_id, code)).collect();
        recovery_codes::replace(&own.tx, account_id, rows, &own.origin(), now).await?;
        self.core.security_log().record(&own.tx, account_id, SecurityEvent::RecoveryCodesMade, by).await?;
        Ok(codes)
    }

    fn new_code(&self, tx: &Transaction, account_id: Uuid, code: &RecoveryCode) -> NewCode {
        NewCode { id: self.core.rng.id(tx.now()), digest: digest(account_id, code) }
    }

    /// Replaces a recovery code that was used (NIST SP 800-63B-4, section 4.2.1.1), and notifies the owner. `session`
    /// is the lineage of the session in which it was used, so that the new code goes when that session is repudiated.
    pub(super) async fn replace_used_code(
        &self,
        tx: &Transaction,
        account: &Account,
        session: &Lineage,
        by: &RequestContext,
    ) -> Result<RecoveryCode, StoreError> {
        let code = generate_one(&self.core.rng);
        let row = self.new_code(tx, account.id, &code);
        recovery_codes::add(tx, account.id, vec![row], session, tx.now()).await?;
        recovery_codes::remove_used(tx, account.id, tx.now()).await?;
        self.core.security_log().record(tx, account.id, SecurityEvent::RecoveryCodeUsed, by).await?;
        let left = recovery_codes::left(tx, account.id).await?;
        let about = NotificationKind::RecoveryCodeUsed { left: u32::try_from(left).unwrap_or(u32::MAX) };
        self.core.notifications().send(tx, account, about, by).await?;
        Ok(code)
    }

    /// Consumes a recovery code and returns where it comes from, or `None` if the account has no such code left.
    pub(super) async fn spend_recovery_code(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        code: &RecoveryCode,
    ) -> Result<Option<Lineage>, StoreError> {
        recovery_codes::spend(tx, account_id, digest(account_id, code), self.core.clock.now()).await
    }
}
