//! The second step of signing in.

use std::fmt;

use super::SecondFactor;
use super::limit::Counted;
use crate::domain::{FieldErrors, Metric, NextPath, Notice, NoticeKind, SecondStepCode, SecurityEvent, Timestamp};
use crate::limits::SECOND_STEP_WAITS;
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::outcome::{InternalError, NextStep, ServiceError, SessionChange};
use crate::services::request_context::RequestContext;
use crate::services::sign_in::Method;
use crate::store::accounts::{self, Account};
use crate::store::attempts::Outcome;
use crate::store::sessions::SecondStep;
use crate::store::{StoreError, Transaction, hourly_counters, totp};

/// The error for every invalid code, whether it is wrong, used, replayed or unknown.
const WRONG: &str =
    "That code is incorrect or has expired. Enter the latest code from your app, or an unused recovery code.";
const EXPIRED: &str = "You took too long. Sign in again.";
const ALREADY_SIGNED_IN: &str = "You're already signed in.";
/// When this many recovery codes or fewer are left, the user is reminded to create new ones.
const FEW_CODES: u64 = 3;

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
        let method = match &code {
            SecondStepCode::App(code) => {
                let account_id = attempt.account.id;
                let seed = totp::find(&attempt.tx, account_id).await?;
                let seed = seed.map(|stored| self.open_seed(account_id, &stored)).transpose()?;
                match seed.and_then(|seed| seed.step_of(code, self.core.clock.now())) {
                    Some(step) if totp::accept(&attempt.tx, account_id, step).await? => Some(Method::PasswordAndApp),
                    _ => None,
                }
            }
            SecondStepCode::Recovery(code) => {
                let spent = self.spend_recovery_code(&attempt.tx, attempt.account.id, code).await?;
                spent.then_some(Method::PasswordAndRecoveryCode)
            }
        };
        match method {
            Some(method) => self.succeed(attempt, method, trust, by).await,
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
        let Some(account) = account else { return Err(waited_too_long().with_session(SessionChange::End).into()) };
        let counted = self.counted(&tx, account.id, by).await?;
        Ok(SecondFactorAttempt { tx, account, due, counted })
    }

    /// Ends a failed attempt, which is counted and written to the owner's security log.
    pub async fn fail(&self, attempt: SecondFactorAttempt, by: &RequestContext) -> Result<(), StoreError> {
        let SecondFactorAttempt { tx, account, counted, .. } = attempt;
        self.record(&tx, &counted, Outcome::Failed, by).await?;
        self.core.security_log().record(&tx, account.id, SecurityEvent::SecondStepFailed, by).await?;
        hourly_counters::add(&tx, Metric::SecondStepFailed, self.core.clock.now()).await?;
        tx.commit().await?;
        tracing::info!(event = "second_step.failed", account = %account.id, ip = %by.ip);
        Ok(())
    }

    /// Ends a successful attempt by signing the user in.
    pub async fn succeed(
        &self,
        attempt: SecondFactorAttempt,
        method: Method,
        trust: bool,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        let SecondFactorAttempt { tx, account, due, counted } = attempt;
        self.record(&tx, &counted, Outcome::Succeeded, by).await?;
        let mut entered = self.core.sign_in().complete(&tx, &account, method, due.remember, by).await?;
        if trust {
            entered.trusted = Some(self.trust(&tx, account.id, by).await?);
        }
        let notice = match method {
            Method::PasswordAndRecoveryCode => self.report_recovery_code_used(&tx, &account, by).await?,
            _ => None,
        };
        tx.commit().await?;
        self.core.mailer.wake();
        let next = due.next.as_deref().and_then(NextPath::parse);
        let step = entered.into_next_step(next);
        Ok(NextStep { notice, ..step })
    }

    /// Notifies the owner that a recovery code was used. Returns a notice for the user if few are
    /// left.
    async fn report_recovery_code_used(
        &self,
        tx: &Transaction,
        account: &Account,
        by: &RequestContext,
    ) -> Result<Option<Notice>, StoreError> {
        let left = self.recovery_codes_left(tx, account.id).await?;
        self.core.security_log().record(tx, account.id, SecurityEvent::RecoveryCodeUsed, by).await?;
        let about = NotificationKind::RecoveryCodeUsed { left: u32::try_from(left).unwrap_or(u32::MAX) };
        self.core.notifications().send(tx, account, about, by).await?;
        let message = match left {
            0 => "You used your last recovery code. Get new ones under Account, Security.".to_owned(),
            1 => "You have one recovery code left. Get new ones under Account, Security.".to_owned(),
            _ => format!("You have {left} recovery codes left. Get new ones under Account, Security."),
        };
        Ok((left <= FEW_CODES).then(|| Notice::new(NoticeKind::Warning, message)))
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
