//! Issuing a code: the limits on how many, and the mail about it.

use sea_orm::DatabaseTransaction;

use super::Registration;
use crate::domain::{Email, Timestamp};
use crate::server::crypto::{OtpDigest, OtpPurpose};
use crate::server::limits::{DAY, EXISTS_NOTICE_EVERY, HOUR, OTP_LIVE};
use crate::server::mail::{CodeMail, Message};
use crate::server::services::outcome::ServiceError;
use crate::server::services::quota::{self, Counted};
use crate::server::services::requester::Requester;
use crate::server::services::window;
use crate::server::store::otps::NewOtp;
use crate::server::store::{StoreError, accounts, otps, registrations};

const TOO_MANY_CODES: &str = "We have sent too many codes to this address.";
const TOO_MANY_FROM_HERE: &str = "We have sent too many codes to people in your network.";

impl Registration {
    /// Counts a code against the address prefix that asks for it.
    pub(super) async fn take_code(
        &self,
        tx: &DatabaseTransaction,
        by: &Requester,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let quota = self.limits.codes_per_address;
        match quota::take(tx, &self.keys, Counted::Codes, quota, by, now).await? {
            Some(wait) => Err(ServiceError::Limited { what: TOO_MANY_FROM_HERE, wait }),
            None => Ok(()),
        }
    }

    pub(super) async fn check_cap(
        &self,
        tx: &DatabaseTransaction,
        email: &Email,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let issued = otps::issued_since(tx, email.key(), now - DAY).await?;
        let hour = window::wait(&issued, self.limits.otp_per_hour, HOUR, now);
        let day = window::wait(&issued, self.limits.otp_per_day, DAY, now);
        match hour.max(day) {
            Some(wait) => Err(ServiceError::Limited { what: TOO_MANY_CODES, wait }),
            None => Ok(()),
        }
    }

    /// Writes a code and the mail about it in the same transaction.
    pub(super) async fn issue(
        &self,
        tx: &DatabaseTransaction,
        registration: &registrations::Registration,
        by: &Requester,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let code = self.rng.otp_code();
        let email = &registration.email;
        let digest = if registration.address_taken {
            OtpDigest::of_no_code(self.rng.bytes())
        } else {
            self.digester.digest(OtpPurpose::Registration, registration.id, email.key(), &code)
        };
        let otp = NewOtp {
            id: self.rng.id(now),
            purpose: OtpPurpose::Registration,
            flow_id: registration.id,
            email_key: email.key().to_owned(),
            digest,
            requester_ip: by.ip.to_string(),
            issued_at: now,
            expires_at: now + self.limits.otp_lifetime,
        };
        let (id, expires_at) = (otp.id, otp.expires_at);
        otps::insert(tx, otp).await?;
        otps::void_older(tx, registration.id, OTP_LIVE, now).await?;
        if registration.address_taken {
            return self.tell_owner(tx, email, by, now).await;
        }
        let message = Message::RegistrationCode(CodeMail {
            to: email.clone(),
            username: registration.username.clone(),
            code,
            expires_at,
            requester_ip: by.ip.to_string(),
            browser: by.browser(),
        });
        self.mailer.enqueue(tx, &message, Some(id)).await
    }

    async fn tell_owner(
        &self,
        tx: &DatabaseTransaction,
        email: &Email,
        by: &Requester,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(owner) = accounts::by_email(tx, email).await? else { return Ok(()) };
        if !accounts::claim_exists_notice(tx, owner.id, now, now - EXISTS_NOTICE_EVERY).await? {
            return Ok(());
        }
        let message = Message::AccountExists {
            // The stored address, not what was typed now.
            to: owner.email,
            username: owner.username,
            requester_ip: by.ip.to_string(),
            browser: by.browser(),
            at: now,
        };
        self.mailer.enqueue(tx, &message, None).await
    }
}
