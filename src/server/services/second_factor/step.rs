//! The second step of signing in.

use std::fmt;

use crate::server::store::Transaction;

use super::{SecondFactor, counter};
use crate::domain::{FieldErrors, NextPath, Notice, NoticeKind, SecondStepCode, SecurityEvent, Tally, Timestamp};
use crate::paths;
use crate::server::limits::SECOND_STEP_WAITS;
use crate::server::mail::About;
use crate::server::services::entry::{Entered, Method};
use crate::server::services::outcome::{Done, Fault, ServiceError};
use crate::server::services::requester::Requester;
use crate::server::store::accounts::{self, Account};
use crate::server::store::sessions::SecondStep;
use crate::server::store::{StoreError, tallies, totp};

/// One sentence for every code that does not count: wrong, used, replayed, unknown.
const WRONG: &str =
    "That code is incorrect or has expired. Enter the latest code from your app, or an unused recovery code.";
const WAITED: &str = "You took too long. Sign in again.";
const THERE: &str = "You're already signed in.";
/// From so few codes on a person is told to make new ones.
const FEW_CODES: u64 = 3;

/// A try at the second step, counted as a failure until it ends.
pub struct Try {
    /// Everything about the try happens in here.
    pub tx: Transaction,
    pub account: Account,
    pub due: SecondStep,
}

/// How a try ended that was not refused.
#[derive(Debug)]
pub enum Stepped {
    Entered {
        entered: Box<Entered>,
        next: Option<NextPath>,
        /// What to say on the page that comes next.
        notice: Option<Notice>,
    },
    /// There is no second step to do in this browser: where to go instead.
    Elsewhere(Done),
}

impl SecondFactor {
    /// The account whose second step is due; `None` when that has waited too
    /// long, or the account was closed or all its sessions ended meanwhile.
    ///
    /// # Errors
    /// Only faults.
    pub async fn due(&self, due: &SecondStep) -> Result<Option<Account>, Fault> {
        let account = accounts::by_id(self.store.reader(), due.account_id).await?;
        Ok(account.filter(|account| self.is_due(due, account)))
    }

    fn is_due(&self, due: &SecondStep, account: &Account) -> bool {
        let waited = self.clock.now().since(Timestamp(due.at));
        waited < SECOND_STEP_WAITS && account.holds(due.epoch)
    }

    /// Takes the second step with a code from the app, or a recovery code.
    /// `trust` excuses this browser from now on.
    ///
    /// # Errors
    /// One message for every code that does not count, and a wait after too many.
    pub async fn with_code(&self, typed: &str, trust: bool, by: &Requester) -> Result<Stepped, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(code) = errors.check("code", SecondStepCode::parse(typed)) else { return Err(errors.into()) };
        let attempt = match self.begin(by).await? {
            Ok(attempt) => attempt,
            Err(done) => return Ok(Stepped::Elsewhere(done)),
        };
        let method = match &code {
            SecondStepCode::App(code) => {
                let account_id = attempt.account.id;
                let seed = totp::find(&attempt.tx, account_id).await?;
                let seed = seed.map(|stored| self.open_seed(account_id, &stored)).transpose()?;
                match seed.and_then(|seed| seed.step_of(code, self.clock.now())) {
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

    /// Begins a try for the person whose second step is due, counted before
    /// anything is looked at. What is inside `Err` is where to go when none is due.
    ///
    /// # Errors
    /// A wait after too many failures; faults.
    pub async fn begin(&self, by: &Requester) -> Result<Result<Try, Done>, ServiceError> {
        let Some(due) = by.second_step.clone() else {
            let there = Done::go(paths::DASHBOARD).saying(NoticeKind::Info, THERE);
            return Ok(Err(if by.member.is_some() { there } else { waited_too_long() }));
        };
        let tx = self.store.write().await?;
        let account = accounts::by_id(&tx, due.account_id).await?.filter(|account| self.is_due(&due, account));
        let Some(account) = account else { return Ok(Err(waited_too_long())) };
        counter::count_failure(&tx, &self.keys, &self.limits, account.id, self.clock.now()).await.inspect_err(
            |error| {
                if matches!(error, ServiceError::Limited { .. }) {
                    tracing::warn!(event = "second_step.limited", account = %account.id, ip = %by.ip);
                }
            },
        )?;
        Ok(Ok(Try { tx, account, due }))
    }

    /// Ends a try whose factor was not right: the failure stays counted, and the
    /// owner reads of it.
    ///
    /// # Errors
    /// Only faults.
    pub async fn fail(&self, attempt: Try, by: &Requester) -> Result<(), StoreError> {
        let Try { tx, account, .. } = attempt;
        self.log.note(&tx, account.id, SecurityEvent::SecondStepFailed, by).await?;
        tallies::add(&tx, Tally::SecondStepFailed, self.clock.now()).await?;
        tx.commit().await?;
        tracing::info!(event = "second_step.failed", account = %account.id, ip = %by.ip);
        Ok(())
    }

    /// Ends a try whose factor was right: lets the person in.
    ///
    /// # Errors
    /// Only faults.
    pub async fn succeed(
        &self,
        attempt: Try,
        method: Method,
        trust: bool,
        by: &Requester,
    ) -> Result<Stepped, ServiceError> {
        let Try { tx, account, due } = attempt;
        counter::forgive(&tx, &self.keys, account.id).await?;
        let mut entered = self.entry.admit(&tx, &account, method, due.remember, by).await?;
        if trust {
            entered.trusted = Some(self.trust(&tx, account.id, by).await?);
        }
        let notice = match method {
            Method::PasswordAndRecoveryCode => self.note_recovery_code(&tx, &account, by).await?,
            _ => None,
        };
        tx.commit().await?;
        self.notices.wake();
        let next = due.next.as_deref().and_then(NextPath::parse);
        Ok(Stepped::Entered { entered: Box::new(entered), next, notice })
    }

    /// Tells the owner that a code was used, and the person when few are left.
    async fn note_recovery_code(
        &self,
        tx: &Transaction,
        account: &Account,
        by: &Requester,
    ) -> Result<Option<Notice>, StoreError> {
        let left = self.recovery_codes_left(tx, account.id).await?;
        self.log.note(tx, account.id, SecurityEvent::RecoveryCodeUsed, by).await?;
        let about = About::RecoveryCodeUsed { left: u32::try_from(left).unwrap_or(u32::MAX) };
        self.notices.tell(tx, account, about, by).await?;
        let words = match left {
            0 => "You used your last recovery code. Get new ones under Account, Security.".to_owned(),
            1 => "You have one recovery code left. Get new ones under Account, Security.".to_owned(),
            _ => format!("You have {left} recovery codes left. Get new ones under Account, Security."),
        };
        Ok((left <= FEW_CODES).then(|| Notice::new(NoticeKind::Warning, words)))
    }
}

/// Back to the password.
#[must_use]
pub fn waited_too_long() -> Done {
    Done::go(paths::LOGIN).saying(NoticeKind::Warning, WAITED)
}

impl fmt::Debug for Try {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Try").field("account", &self.account.id).finish_non_exhaustive()
    }
}
