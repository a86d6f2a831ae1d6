//! Recovery: a new password by a mailed code.
//!
//! An address without an account is treated alike in every step, so that nobody
//! learns whether there is one. Setting the password is in `finish`.

mod finish;
mod waiting;

use crate::server::store::Transaction;

pub use waiting::Ended;
use waiting::Waiting;

use super::captcha::{Answer, Captcha, Form};
use super::codes::{Bound, Codes, Recipient};
use super::notices::Notices;
use super::outcome::{Done, Fault, Flow, FlowChange, ServiceError};
use super::password_check::PasswordCheck;
use super::requester::Requester;
use super::security_log::SecurityLog;
use crate::domain::{Email, FieldErrors, NoticeKind, Timestamp};
use crate::paths;
use crate::server::clock::Clock;
use crate::server::crypto::{FlowToken, OtpPurpose, PasswordPolicy};
use crate::server::limits::Limits;
use crate::server::rng::Rng;
use crate::server::store::otps::Issued;
use crate::server::store::{Store, StoreError, accounts, otps, recoveries};

/// The service behind `/recover` and `/recover/verify`.
#[derive(Clone, Debug)]
pub struct Recovery {
    pub store: Store,
    pub captcha: Captcha,
    pub codes: Codes,
    pub passwords: PasswordCheck,
    pub policy: PasswordPolicy,
    pub notices: Notices,
    pub log: SecurityLog,
    pub limits: Limits,
    pub clock: Clock,
    pub rng: Rng,
}

impl Recovery {
    /// Mails a code if the address has an account that may be recovered. The
    /// answer is the same for every address, and takes as long: whatever is
    /// written for an account is written without one, except for the mail.
    ///
    /// # Errors
    /// A mistake in the address, a challenge that did not convince, or a cap on
    /// codes that is reached.
    pub async fn start(&self, email: &str, answer: &Answer<'_>, by: &Requester) -> Result<Done, ServiceError> {
        if by.member.is_some() {
            return Ok(Done::go(paths::DASHBOARD));
        }
        let mut errors = FieldErrors::default();
        let Some(email) = errors.check("email", Email::parse(email)) else { return Err(errors.into()) };
        let passed = self.captcha.check(Form::Recover, answer, by).await?;
        let tx = self.store.write().await?;
        let now = tx.now();
        self.captcha.spend(&tx, &passed, by).await?;
        self.codes.admit(&tx, email.key(), by, now).await?;
        if let Some(token) = &by.recovery
            && let Some(earlier) = recoveries::by_flow(&tx, token.digest()).await?
        {
            otps::void_older(&tx, earlier.id, 0, now).await?;
            recoveries::delete(&tx, earlier.id).await?;
        }
        let account = accounts::by_email(&tx, &email).await?.filter(accounts::Account::is_open);
        let flow = FlowToken::generate(&self.rng);
        let recovery = recoveries::Recovery {
            id: self.rng.id(now),
            email_key: email.key().to_owned(),
            account_id: account.map(|account| account.id),
            tries: 0,
            created_at: now,
            finished: false,
        };
        recoveries::insert(&tx, &recovery, flow.digest()).await?;
        self.issue(&tx, &recovery, by, now).await?;
        tx.commit().await?;
        self.codes.mailer.wake();
        tracing::info!(event = "recovery.started", recovery = %recovery.id, ip = %by.ip);
        Ok(Done::go(paths::RECOVER_VERIFY).with_flow(FlowChange::Begin(Flow::Recovery, flow)))
    }

    /// The newest code of the recovery that this browser holds.
    ///
    /// # Errors
    /// Only faults; a recovery that is over is the inner `Err`.
    pub async fn pending(&self, by: &Requester) -> Result<Result<Issued, Ended>, Fault> {
        let waiting = self.waiting(self.store.reader(), by.recovery.as_ref()).await?;
        Ok(waiting.map(|waiting| waiting.code))
    }

    /// Mails another code. The earlier one counts until its own expiry, and the
    /// tries are not given back.
    ///
    /// # Errors
    /// Asked for too early, a challenge that did not convince, or a cap on codes
    /// that is reached.
    pub async fn resend(&self, answer: &Answer<'_>, by: &Requester) -> Result<Done, ServiceError> {
        // Who has nothing to wait for, or has to wait, need not be told from a machine.
        match self.waiting(self.store.reader(), by.recovery.as_ref()).await? {
            Ok(Waiting { code, .. }) => self.codes.check_pause(&code, self.clock.now())?,
            Err(ended) => return Ok(ended.into_done()),
        }
        let passed = self.captcha.check(Form::Resend, answer, by).await?;
        let tx = self.store.write().await?;
        let now = tx.now();
        let Waiting { recovery, code } = match self.waiting(&tx, by.recovery.as_ref()).await? {
            Ok(waiting) => waiting,
            Err(ended) => return Ok(ended.into_done()),
        };
        self.codes.check_pause(&code, now)?;
        self.captcha.spend(&tx, &passed, by).await?;
        self.codes.admit(&tx, &recovery.email_key, by, now).await?;
        self.issue(&tx, &recovery, by, now).await?;
        tx.commit().await?;
        self.codes.mailer.wake();
        let text = "If that email address has an account, we've sent a new code to it.";
        Ok(Done::go(paths::RECOVER_VERIFY).saying(NoticeKind::Success, text))
    }

    /// Writes a code down, and a mail if there is somebody to get it.
    async fn issue(
        &self,
        tx: &Transaction,
        recovery: &recoveries::Recovery,
        by: &Requester,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let account = match recovery.account_id {
            Some(id) => accounts::by_id(tx, id).await?.filter(|account| may_recover(recovery, account)),
            None => None,
        };
        let to = account.as_ref().map(|it| Recipient { email: &it.email, username: &it.username });
        self.codes.issue(tx, bound(recovery), to, by, now).await
    }
}

fn bound(recovery: &recoveries::Recovery) -> Bound<'_> {
    Bound { purpose: OtpPurpose::Recovery, flow: recovery.id, email_key: &recovery.email_key }
}

/// Whether the account is still what it was when its recovery began.
fn may_recover(recovery: &recoveries::Recovery, account: &accounts::Account) -> bool {
    account.is_open() && account.email.key() == recovery.email_key
}
