//! Creating and using recovery codes.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::SecondFactor;
use super::change::TAKEOVER_ADVICE;
use crate::crypto::recovery_codes::{digest, generate};
use crate::domain::{NoticeKind, RecoveryCode, SecurityEvent};
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::outcome::{NextStep, ServiceError, SessionChange};
use crate::services::request_context::RequestContext;
use crate::store::recovery_codes::NewCode;
use crate::store::{StoreError, Transaction, accounts, recovery_codes};

const OFF: &str = "Add an authenticator app or a passkey before you get recovery codes.";

impl SecondFactor<'_> {
    /// Creates ten new recovery codes and invalidates the previous ones.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`], [`ServiceError::ReauthenticationRequired`], or [`ServiceError::Refused`] if
    /// two-step sign-in is off.
    pub async fn new_recovery_codes(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let account_id = by.recently_authenticated(self.core.clock.now())?.account_id;
        let tx = self.core.store.write().await?;
        let account = accounts::by_id(&tx, account_id).await?.ok_or(ServiceError::Unauthenticated)?;
        if !self.factors(&tx, account_id).await?.any() {
            return Err(ServiceError::Refused(OFF));
        }
        let codes = self.replace_recovery_codes(&tx, account_id, by).await?;
        self.core.notifications().send(&tx, &account, NotificationKind::RecoveryCodesMade, by).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        tracing::info!(event = "two_step.recovery_codes", account = %account_id, ip = %by.ip);
        let message = format!("These are your new recovery codes. The old ones no longer work. {TAKEOVER_ADVICE}");
        let change = SessionChange::Factors { two_step: None, codes: Some(codes) };
        Ok(NextStep::go(paths::RECOVERY_CODES).with_notice(NoticeKind::Success, message).with_session(change))
    }

    pub(super) async fn replace_recovery_codes(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        by: &RequestContext,
    ) -> Result<Vec<RecoveryCode>, StoreError> {
        let now = self.core.clock.now();
        let codes = generate(&self.core.rng);
        let rows = codes.iter().map(|code| NewCode { id: self.core.rng.id(now), digest: digest(account_id, code) });
        recovery_codes::replace(tx, account_id, rows.collect(), now).await?;
        self.core.security_log().record(tx, account_id, SecurityEvent::RecoveryCodesMade, by).await?;
        Ok(codes)
    }

    pub(super) async fn recovery_codes_left(
        &self,
        db: &impl ConnectionTrait,
        account_id: Uuid,
    ) -> Result<u64, StoreError> {
        recovery_codes::left(db, account_id).await
    }

    /// Consumes a recovery code. Returns `false` if the account has no such code left.
    pub(super) async fn spend_recovery_code(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        code: &RecoveryCode,
    ) -> Result<bool, StoreError> {
        recovery_codes::spend(tx, account_id, digest(account_id, code), self.core.clock.now()).await
    }
}
