//! Verifying a new email.

use crate::store::Transaction;
use sea_orm::ConnectionTrait;

use super::AccountSettings;
use super::email::{old_and_new, otp_context};
use crate::domain::{Email, FieldErrors, NoticeKind, OtpCode, SecurityEvent, Timestamp};
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::codes::{self, OtpAttempt, OtpUnavailable};
use crate::services::email_owner;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::{AuthenticatedUser, RequestContext};
use crate::store::accounts::{self, Account};
use crate::store::email_changes::{self, EmailChange};
use crate::store::mail_links::LinkPurpose;
use crate::store::otps::{self, Issued};
use crate::store::{StoreError, recoveries};

const TAKEN: &str = "Another account uses this email address. Yours hasn't changed.";

/// A change that is waiting for its code.
#[derive(Clone, Debug)]
pub struct PendingEmailChange {
    pub change: EmailChange,
    /// The newest code.
    pub code: Issued,
}

impl AccountSettings<'_> {
    /// Returns the user's pending change.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in, or [`ServiceError::Redirect`] if there is none.
    pub async fn pending_email_change(&self, by: &RequestContext) -> Result<PendingEmailChange, ServiceError> {
        self.find_pending(self.core.store.reader(), by.member()?).await
    }

    /// Returns the new email of the user's pending change, if there is one.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn pending_email(&self, by: &RequestContext) -> Result<Option<Email>, ServiceError> {
        match self.pending_email_change(by).await {
            Ok(pending) => Ok(Some(pending.change.email)),
            Err(ServiceError::Redirect(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Mails another code to the new email.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if the last code was sent too recently or a limit on codes is
    /// reached.
    pub async fn resend_email_code(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let member = by.member()?;
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let account = self.own(&tx, member).await?;
        let PendingEmailChange { change, code } = self.find_pending(&tx, member).await?;
        self.core.codes().check_pause(&code, now)?;
        self.core.codes().check_limits(&tx, change.email.key(), by, now).await?;
        self.issue_change_code(&tx, &change, &account, by, now).await?;
        self.commit(tx).await?;
        let text = format!("We've sent a new code to {}.", change.email.as_str());
        Ok(NextStep::go(paths::ACCOUNT_EMAIL_VERIFY).with_notice(NoticeKind::Success, text))
    }

    /// Checks the code and changes the email. The old email receives a notice with a link that
    /// undoes the change, and stays reserved for this account until the link expires.
    ///
    /// # Errors
    /// The same error next to `code`, whatever makes the code wrong, or [`ServiceError::Limited`]
    /// after too many wrong codes.
    pub async fn confirm_email(&self, code: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let member = by.member()?;
        let mut errors = FieldErrors::default();
        let Some(code) = errors.check("code", OtpCode::parse(code)) else { return Err(errors.into()) };
        let (change, counted) = self.count_email_try(member, by).await?;
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let account = self.own(&tx, member).await?;
        if !self.core.codes().consume(&tx, otp_context(&change), &code, now).await? {
            drop(tx);
            self.core.codes().record_wrong(otp_context(&change), by);
            let pending = self.find_pending(self.core.store.reader(), member).await?;
            return Err(codes::wrong_code(pending.change.tries, self.core.limits.otp_tries));
        }
        self.core.codes().mark_succeeded(&tx, counted, by).await?;
        let owner = email_owner::find(&tx, &change.email, &self.core.limits, now).await?;
        let free = owner.is_none_or(|owner| owner.account_id == account.id);
        let can_change = free && account.email.key() == change.old_email.key();
        if !(can_change && email_changes::confirm(&tx, change.id, now).await?) {
            email_changes::drop_pending(&tx, account.id, now).await?;
            tx.commit().await?;
            return Ok(NextStep::go(paths::ACCOUNT).with_notice(NoticeKind::Warning, TAKEN));
        }
        self.apply_change(&tx, &account, &change, by, now).await?;
        self.commit(tx).await?;
        tracing::info!(event = "account.email_changed", account = %account.id, ip = %by.ip);
        let text = format!("Your email address is now {}.", change.email.as_str());
        Ok(NextStep::go(paths::ACCOUNT).with_notice(NoticeKind::Success, text))
    }

    /// Applies the change with all its consequences. Sessions continue.
    async fn apply_change(
        &self,
        tx: &Transaction,
        account: &Account,
        change: &EmailChange,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        accounts::set_email(tx, account.id, &change.email).await?;
        otps::invalidate_for_email(tx, change.old_email.key(), now).await?;
        recoveries::finish_all(tx, account.id, now).await?;
        let until = now + self.core.limits.email_undo;
        let link =
            self.core.notifications().link(tx, LinkPurpose::UndoEmailChange, account, Some(change.id), until).await?;
        self.core
            .notifications()
            .send_to(tx, &change.old_email, account, NotificationKind::EmailChanged { link }, by)
            .await?;
        self.core
            .security_log()
            .record_with_detail(tx, account.id, SecurityEvent::EmailChanged, &old_and_new(change), by)
            .await?;
        Ok(())
    }

    /// Counts and commits one attempt against the change and the email.
    async fn count_email_try(
        &self,
        member: &AuthenticatedUser,
        by: &RequestContext,
    ) -> Result<(EmailChange, OtpAttempt), ServiceError> {
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let PendingEmailChange { change, .. } = self.find_pending(&tx, member).await?;
        let counted = self.core.codes().record_attempt(&tx, otp_context(&change), change.tries, by, now).await?;
        if !email_changes::count_try(&tx, change.id, self.core.limits.otp_tries).await? {
            return Err(unavailable(OtpUnavailable::TriesUsed).into());
        }
        tx.commit().await?;
        Ok((change, counted))
    }

    async fn find_pending(
        &self,
        db: &impl ConnectionTrait,
        member: &AuthenticatedUser,
    ) -> Result<PendingEmailChange, ServiceError> {
        let change = email_changes::pending(db, member.account_id).await?;
        let change = change.ok_or_else(|| unavailable(OtpUnavailable::NoCode))?;
        let code = self.core.codes().waiting(db, change.id, change.tries).await;
        let code = code.map_err(|error| error.or_redirect(unavailable))?;
        Ok(PendingEmailChange { change, code })
    }
}

/// Redirects to the account page with an explanation.
fn unavailable(why: OtpUnavailable) -> NextStep {
    let (kind, text) = match why {
        OtpUnavailable::NoCode => (NoticeKind::Info, "There's no email change to confirm."),
        OtpUnavailable::Expired => {
            (NoticeKind::Warning, "Your code has expired. Enter your new email address again to get a new one.")
        }
        OtpUnavailable::TriesUsed => (
            NoticeKind::Warning,
            "You've entered too many incorrect codes. Enter your new email address again to get a new one.",
        ),
    };
    NextStep::go(paths::ACCOUNT).with_notice(kind, text)
}
