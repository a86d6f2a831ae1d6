//! The second step of signing in.

use std::fmt;

use uuid::Uuid;

use super::SecondFactor;
use super::codes::REPLACED;
use super::limit::Counted;
use crate::domain::{FieldErrors, Metric, NextPath, NoticeKind, SecondStepCode, SecurityEvent, Timestamp};
use crate::limits::SECOND_STEP_WAITS;
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::outcome::{InternalError, NextStep, ServiceError, SessionChange};
use crate::services::request_context::RequestContext;
use crate::services::sign_in::{Method, Proof};
use crate::store::accounts::{self, Account};
use crate::store::attempts::Outcome;
use crate::store::sessions::{self, SecondStep};
use crate::store::{StoreError, Transaction, hourly_counters, totp};

/// The error for every invalid code, whether it is wrong, used, replayed or unknown.
const WRONG: &str =
    "That code is incorrect or has expired. Enter the latest code from your app, or an unused recovery code.";
const EXPIRED: &str = "You took too long. Sign in again.";
const ALREADY_SIGNED_IN: &str = "You're already signed in.";

/// An attempt at the second step.
pub struct SecondFactorAttempt {
    /// The transaction of the entire attempt.
    pub tx: Transaction,
    pub account: Account,
    pub due: SecondStep,
    counted: Counted,
}

impl SecondFactor<'_> {
    /// Returns the account of a pending second step. Returns `None` if the step has expired, or if
    /// the account was closed or all its sessions were ended in the meantime.
    pub async fn due(&self, due: &SecondStep) -> Result<Option<Account>, InternalError> {
        let account = accounts::by_id(self.core.store.reader(), due.account_id).await?;
        Ok(account.filter(|account| self.is_due(due, account)))
    }

    fn is_due(&self, due: &SecondStep, account: &Account) -> bool {
        let waited = self.core.clock.now().since(Timestamp(due.at));
        waited < SECOND_STEP_WAITS && account.accepts_session(due.session_version)
    }

    /// Verifies a code of the account, and uses it up. Returns how it authenticates the user together with the password,
    /// or `None` if it is wrong. The caller counts the attempt.
    pub(super) async fn verify_code(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        code: &SecondStepCode,
    ) -> Result<Option<Proof>, StoreError> {
        match code {
            SecondStepCode::App(code) => {
                let Some(app) = totp::find(tx, account_id).await? else { return Ok(None) };
                let step = self.open_seed(account_id, &app)?.step_of(code, self.core.clock.now());
                let Some(step) = step else { return Ok(None) };
                let accepted = totp::accept(tx, account_id, step).await?;
                Ok(accepted.then_some(Proof { method: Method::PasswordAndApp, origin: app.added_by }))
            }
            SecondStepCode::Recovery(code) => {
                let origin = self.spend_recovery_code(tx, account_id, code).await?;
                Ok(origin.map(|origin| Proof { method: Method::PasswordAndRecoveryCode, origin }))
            }
        }
    }

    /// Completes the second step with a code from the authenticator app or a recovery code. `trust`
    /// exempts this browser from the second factor from now on.
    ///
    /// # Errors
    /// The same error next to `code` for every invalid code, or [`ServiceError::Limited`] after too
    /// many failures.
    pub async fn with_code(&self, typed: &str, trust: bool, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(code) = errors.check("code", SecondStepCode::parse(typed)) else { return Err(errors.into()) };
        let attempt = self.begin(by).await?;
        self.check_limit(&attempt.tx, &attempt.counted).await.inspect_err(|error| {
            if matches!(error, ServiceError::Limited { .. }) {
                tracing::warn!(event = "second_step.limited", account = %attempt.account.id, ip = %by.ip);
            }
        })?;
        match self.verify_code(&attempt.tx, attempt.account.id, &code).await? {
            Some(proof) => self.succeed(attempt, &proof, trust, by).await,
            None => {
                self.fail(attempt, by).await?;
                Err(FieldErrors::one("code", WRONG).into())
            }
        }
    }

    /// Begins an attempt at the pending second step.
    ///
    /// # Errors
    /// [`ServiceError::Redirect`] if no step is pending.
    pub async fn begin(&self, by: &RequestContext) -> Result<SecondFactorAttempt, ServiceError> {
        let Some(due) = by.second_step.clone() else {
            let signed_in = NextStep::go(paths::DASHBOARD).with_notice(NoticeKind::Info, ALREADY_SIGNED_IN);
            return Err(if by.member.is_some() { signed_in } else { waited_too_long() }.into());
        };
        let tx = self.core.store.write().await?;
        let account = accounts::by_id(&tx, due.account_id).await?.filter(|account| self.is_due(&due, account));
        let continues = match &due.signed_in {
            Some(signed_in) => sessions::exists(&tx, due.account_id, signed_in.handle).await?,
            None => true,
        };
        let Some(account) = account.filter(|_| continues) else {
            return Err(waited_too_long().with_session(SessionChange::End).into());
        };
        let counted = self.counted(&tx, account.id, by).await?;
        Ok(SecondFactorAttempt { tx, account, due, counted })
    }

    /// Ends a failed attempt, which is counted.
    pub async fn fail(&self, attempt: SecondFactorAttempt, by: &RequestContext) -> Result<(), StoreError> {
        let SecondFactorAttempt { tx, account, counted, .. } = attempt;
        self.record_failure(&tx, &account, &counted, by).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        Ok(())
    }

    /// Counts a failure, writes it to the owner's security log and notifies the owner.
    pub(super) async fn record_failure(
        &self,
        tx: &Transaction,
        account: &Account,
        counted: &Counted,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        self.record(tx, counted, Outcome::Failed, by).await?;
        hourly_counters::add(tx, Metric::SecondStepFailed, tx.now()).await?;
        tracing::info!(event = "second_step.failed", account = %account.id, ip = %by.ip);
        let failed = (SecurityEvent::SecondStepFailed, NotificationKind::SecondStepFailed);
        let locked = (SecurityEvent::SecondStepLocked, NotificationKind::SecondStepLocked);
        self.core.notifications().report(tx, account, failed.0, failed.1, by).await?;
        if self.lockout(tx, counted).await?.is_some() {
            self.core.notifications().report(tx, account, locked.0, locked.1, by).await?;
        }
        Ok(())
    }

    /// Ends a successful attempt by signing the user in, or by continuing the session that needed the second step.
    pub async fn succeed(
        &self,
        attempt: SecondFactorAttempt,
        proof: &Proof,
        trust: bool,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        let SecondFactorAttempt { tx, account, due, counted } = attempt;
        self.record(&tx, &counted, Outcome::Succeeded, by).await?;
        let steps_up = due.signed_in.is_some();
        let mut entered = match due.signed_in {
            Some(signed_in) => self.core.sign_in().step_up(&tx, *signed_in, proof, by).await?,
            None => self.core.sign_in().complete(&tx, &account, proof, due.remember, by).await?,
        };
        if trust {
            entered.trusted = Some(self.trust(&tx, &entered.signed_in, by).await?);
        }
        if proof.method == Method::PasswordAndRecoveryCode {
            let code = self.replace_used_code(&tx, &account, &entered.signed_in.lineage(), by).await?;
            entered.new_recovery_code = Some(code);
        }
        let replaced = entered.new_recovery_code.is_some();
        tx.commit().await?;
        self.core.mailer.wake();
        let next = due.next.as_deref().and_then(NextPath::parse);
        let step = if steps_up {
            NextStep::go(paths::DASHBOARD).with_session(SessionChange::SteppedUp(Box::new(entered)))
        } else {
            entered.into_next_step(next)
        };
        Ok(if replaced { step.with_notice(NoticeKind::Warning, REPLACED) } else { step })
    }
}

/// Redirects to the password form because the second step expired.
#[must_use]
pub fn waited_too_long() -> NextStep {
    NextStep::go(paths::LOGIN).with_notice(NoticeKind::Warning, EXPIRED)
}

impl fmt::Debug for SecondFactorAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondFactorAttempt").field("account", &self.account.id).finish_non_exhaustive()
    }
}
