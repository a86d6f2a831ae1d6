//! Requesting and canceling a change of the email. Verifying it is in `email_code`.

use crate::store::Transaction;

use super::AccountSettings;
use crate::crypto::OtpPurpose;
use crate::domain::{Email, FieldErrors, NoticeKind, SecurityEvent, Timestamp};
use crate::paths;
use crate::services::codes::{OtpContext, Recipient};
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::services::{email_domain_policy, email_owner};
use crate::store::StoreError;
use crate::store::accounts::Account;
use crate::store::email_changes::{self, EmailChange};

impl AccountSettings<'_> {
    /// Mails a code to a new email. The account is unchanged until the code is entered. This
    /// replaces an earlier pending change. If the email belongs to another account, the response is
    /// the same, but no code is mailed and its owner is notified.
    ///
    /// # Errors
    /// An error next to `email`, [`ServiceError::Limited`] if a limit on codes is reached, or
    /// [`ServiceError::ReauthenticationRequired`] if the user did not recently authenticate.
    pub async fn change_email(&self, email: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let now = self.core.clock.now();
        let member = by.recently_authenticated(now)?;
        let mut errors = FieldErrors::default();
        let Some(email) = errors.check("email", Email::parse(email)) else { return Err(errors.into()) };
        if errors.check("email", email_domain_policy::check(&self.core.registration_policy.emails, &email)).is_none() {
            return Err(errors.into());
        }
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let account = self.own(&tx, member).await?;
        if email.key() == account.email.key() {
            return Err(FieldErrors::one("email", "This is already your email address.").into());
        }
        self.core.codes().check_limits(&tx, email.key(), by, now).await?;
        email_changes::drop_pending(&tx, account.id, now).await?;
        let owner =
            email_owner::find(&tx, &email, &self.core.limits, now).await?.filter(|it| it.account_id != account.id);
        let change = EmailChange {
            id: self.core.rng.id(now),
            account_id: account.id,
            email,
            address_taken: owner.is_some(),
            old_email: account.email.clone(),
            tries: 0,
            created_at: now,
            confirmed_at: None,
            undone: false,
        };
        email_changes::insert(&tx, &change).await?;
        self.issue_change_code(&tx, &change, &account, by, now).await?;
        if let Some(owner) = owner {
            self.core.codes().notify_owner(&tx, owner, by, now).await?;
        }
        let detail = old_and_new(&change);
        self.core
            .security_log()
            .record_with_detail(&tx, account.id, SecurityEvent::EmailChangeAsked, &detail, by)
            .await?;
        self.commit(tx).await?;
        Ok(NextStep::go(paths::ACCOUNT_EMAIL_VERIFY))
    }

    /// Cancels the pending change.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn cancel_email_change(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let member = by.member()?;
        let tx = self.core.store.write().await?;
        let account = self.own(&tx, member).await?;
        email_changes::drop_pending(&tx, account.id, self.core.clock.now()).await?;
        tx.commit().await?;
        let text = format!("Email change canceled. Your email address is still {}.", account.email.as_str());
        Ok(NextStep::go(paths::ACCOUNT).with_notice(NoticeKind::Info, text))
    }

    /// Issues a code, and mails it unless the email belongs to another account.
    pub(super) async fn issue_change_code(
        &self,
        tx: &Transaction,
        change: &EmailChange,
        account: &Account,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let to = (!change.address_taken).then_some(Recipient { email: &change.email, username: &account.username });
        self.core.codes().issue(tx, otp_context(change), to, by, now).await
    }
}

pub(super) fn otp_context(change: &EmailChange) -> OtpContext<'_> {
    OtpContext { purpose: OtpPurpose::EmailChange, flow: change.id, email_key: change.email.key() }
}

/// Returns the old and the new email, for the owner's security log.
pub(super) fn old_and_new(change: &EmailChange) -> String {
    format!("{} → {}", change.old_email.as_str(), change.email.as_str())
}
