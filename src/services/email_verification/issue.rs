//! Issuing codes: the limits on their number and the emails that contain them.

use super::EmailVerifier;
use crate::crypto::{OtpDigest, OtpPurpose};
use crate::domain::{Email, Timestamp, Username};
use crate::limits::{DAY, EXISTS_NOTICE_EVERY, HOUR, OTP_LIVE};
use crate::mail::{CodeMail, Message};
use crate::services::outcome::ServiceError;
use crate::services::quota::{self, QuotaKind};
use crate::services::request_context::RequestContext;
use crate::services::{email_owner, recovery, sliding_window};
use crate::store::email_verifications::EmailVerification;
use crate::store::otps::{NewOtp, SuppressionReason};
use crate::store::{StoreError, Transaction, accounts, otps};

const TOO_MANY_CODES: &str = "Too many codes have been sent to this email address.";
const TOO_MANY_FROM_HERE: &str = "Too many codes have been requested from your network.";

impl EmailVerifier<'_> {
    /// Takes a code from the quota of the requesting IP prefix and checks the limit for the
    /// recipient.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if either limit is reached.
    pub async fn check_limits(
        &self,
        tx: &Transaction,
        email_key: &str,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        self.take_code(tx, by, now).await?;
        self.check_cap(tx, email_key, now).await
    }

    /// Takes a code from the quota of the requesting IP prefix.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if the quota is used up.
    pub async fn take_code(&self, tx: &Transaction, by: &RequestContext, now: Timestamp) -> Result<(), ServiceError> {
        let quota = self.core.limits.codes_per_ip;
        match quota::take(tx, &self.core.keys, QuotaKind::RequestedCodes, quota, by, now).await? {
            Some(wait) => Err(ServiceError::Limited { what: TOO_MANY_FROM_HERE, wait }),
            None => Ok(()),
        }
    }

    /// Checks the limits per hour and day for an email, counting codes for all purposes.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if a limit is reached.
    pub async fn check_cap(&self, tx: &Transaction, email_key: &str, now: Timestamp) -> Result<(), ServiceError> {
        let issued = otps::issued_since(tx, email_key, now - DAY).await?;
        let hour = sliding_window::wait(&issued, self.core.limits.otp_per_hour, HOUR, now);
        let day = sliding_window::wait(&issued, self.core.limits.otp_per_day, DAY, now);
        match hour.max(day) {
            Some(wait) => Err(ServiceError::Limited { what: TOO_MANY_CODES, wait }),
            None => Ok(()),
        }
    }

    /// Stores a code and queues the email that contains it, in the same transaction. If the
    /// verification has no recipient, the same row is written, but no code is mailed or accepted:
    /// the response must not reveal whether the email has an account. The owner of an email that is
    /// taken is notified.
    pub async fn issue(
        &self,
        tx: &Transaction,
        verification: &EmailVerification,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        let EmailVerification { id: flow, purpose, ref email, .. } = *verification;
        let now = tx.now();
        let recipient = self.recipient(tx, verification).await?;
        let code = self.core.rng.otp_code();
        let digest = match recipient {
            Some(_) => self.core.digester.digest(purpose, flow, email.key(), &code),
            None => OtpDigest::of_no_code(self.core.rng.bytes()),
        };
        let otp = NewOtp {
            id: self.core.rng.id(now),
            purpose,
            flow_id: flow,
            email_key: email.key().to_owned(),
            digest,
            requester_ip: by.ip.to_string(),
            issued_at: now,
            expires_at: now + self.core.limits.otp_lifetime,
            withheld: recipient.is_none().then_some(match purpose {
                OtpPurpose::Registration | OtpPurpose::EmailChange => SuppressionReason::AddressTaken,
                OtpPurpose::Recovery => SuppressionReason::NoAccount,
            }),
        };
        let (id, expires_at) = (otp.id, otp.expires_at);
        otps::insert(tx, otp).await?;
        otps::invalidate_previous(tx, flow, OTP_LIVE, now).await?;
        let Some((to, username)) = recipient else { return self.notify_owner(tx, verification, by).await };
        let mail = CodeMail { to, username, code, expires_at, requester_ip: by.ip.to_string(), browser: by.browser() };
        let message = match purpose {
            OtpPurpose::Registration => Message::RegistrationCode(mail),
            OtpPurpose::Recovery => Message::RecoveryCode(mail),
            OtpPurpose::EmailChange => Message::EmailChangeCode(mail),
        };
        self.core.mailer.enqueue(tx, &message, Some(id)).await
    }

    /// Returns the recipient of the code, or `None` if the email of a registration or change is
    /// taken, or a recovery has no account.
    async fn recipient(
        &self,
        tx: &Transaction,
        verification: &EmailVerification,
    ) -> Result<Option<(Email, Username)>, StoreError> {
        let email = verification.email.clone();
        if verification.address_taken {
            return Ok(None);
        }
        if let Some(sign_up) = &verification.sign_up {
            return Ok(Some((email, sign_up.username.clone())));
        }
        if verification.purpose == OtpPurpose::Recovery {
            let account = recovery::recoverable_account(tx, verification).await?;
            return Ok(account.map(|account| (account.email, account.username)));
        }
        let Some(account_id) = verification.account_id else { return Ok(None) };
        Ok(accounts::by_id(tx, account_id).await?.map(|account| (email, account.username)))
    }

    /// Notifies the owner of an email that is taken, at a limited rate, that someone tried to use
    /// it.
    async fn notify_owner(
        &self,
        tx: &Transaction,
        verification: &EmailVerification,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        if !verification.address_taken {
            return Ok(());
        }
        let now = tx.now();
        let owner = email_owner::find(tx, &verification.email, &self.core.limits, now).await?;
        let Some(owner) = owner else { return Ok(()) };
        if !accounts::claim_exists_notice(tx, owner.account_id, now, now - EXISTS_NOTICE_EVERY).await? {
            return Ok(());
        }
        let message = Message::AccountExists {
            to: owner.email,
            username: owner.username,
            requester_ip: by.ip.to_string(),
            browser: by.browser(),
            at: now,
        };
        self.core.mailer.enqueue(tx, &message, None).await
    }
}
