//! Issuing codes: the limits on their number and the emails that contain them.

use crate::store::Transaction;

use super::{OtpContext, OtpService};
use crate::crypto::{OtpDigest, OtpPurpose};
use crate::domain::{Email, Timestamp, Username};
use crate::limits::{DAY, EXISTS_NOTICE_EVERY, HOUR, OTP_LIVE};
use crate::mail::{CodeMail, Message};
use crate::services::email_owner::EmailOwner;
use crate::services::outcome::ServiceError;
use crate::services::quota::{self, QuotaKind};
use crate::services::request_context::RequestContext;
use crate::services::sliding_window;
use crate::store::otps::{NewOtp, SuppressionReason};
use crate::store::{StoreError, accounts, otps};

const TOO_MANY_CODES: &str = "Too many codes have been sent to this email address.";
const TOO_MANY_FROM_HERE: &str = "Too many codes have been requested from your network.";

/// The recipient of a code.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    pub email: &'a Email,
    pub username: &'a Username,
}

impl OtpService<'_> {
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

    /// Stores a code and queues the email that contains it, in the same transaction. Without a
    /// recipient, no email is queued and no code is accepted.
    pub async fn issue(
        &self,
        tx: &Transaction,
        context: OtpContext<'_>,
        to: Option<Recipient<'_>>,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let code = self.core.rng.otp_code();
        let digest = match to {
            Some(_) => self.core.digester.digest(context.purpose, context.flow, context.email_key, &code),
            None => OtpDigest::of_no_code(self.core.rng.bytes()),
        };
        let otp = NewOtp {
            id: self.core.rng.id(now),
            purpose: context.purpose,
            flow_id: context.flow,
            email_key: context.email_key.to_owned(),
            digest,
            requester_ip: by.ip.to_string(),
            issued_at: now,
            expires_at: now + self.core.limits.otp_lifetime,
            withheld: to.is_none().then_some(match context.purpose {
                OtpPurpose::Registration | OtpPurpose::EmailChange => SuppressionReason::AddressTaken,
                OtpPurpose::Recovery => SuppressionReason::NoAccount,
            }),
        };
        let (id, expires_at) = (otp.id, otp.expires_at);
        otps::insert(tx, otp).await?;
        otps::invalidate_previous(tx, context.flow, OTP_LIVE, now).await?;
        let Some(Recipient { email, username }) = to else { return Ok(()) };
        let mail = CodeMail {
            to: email.clone(),
            username: username.clone(),
            code,
            expires_at,
            requester_ip: by.ip.to_string(),
            browser: by.browser(),
        };
        let message = match context.purpose {
            OtpPurpose::Registration => Message::RegistrationCode(mail),
            OtpPurpose::Recovery => Message::RecoveryCode(mail),
            OtpPurpose::EmailChange => Message::EmailChangeCode(mail),
        };
        self.core.mailer.enqueue(tx, &message, Some(id)).await
    }

    /// Notifies the owner of an email, at a limited rate, that someone tried to use it.
    pub async fn notify_owner(
        &self,
        tx: &Transaction,
        owner: EmailOwner,
        by: &RequestContext,
        now: Timestamp,
    ) -> Result<(), StoreError> {
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
