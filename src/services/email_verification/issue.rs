//! Issuing codes: the limits on their number and the emails that contain them.

use std::net::IpAddr;

use super::EmailVerifier;
use crate::crypto::{OtpDigest, OtpPurpose};
use crate::domain::{Email, EmailCode, Metric, Username};
use crate::limits::{DAY, EXISTS_NOTICE_EVERY, HOUR, OTP_LIVE};
use crate::mail::{CodeMail, Message};
use crate::services::attempts::{self, Target};
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::services::{IpPrefix, email_owner, recovery, sliding_window};
use crate::store::attempts::{Attempt, AttemptKind, at_subject};
use crate::store::email_verifications::EmailVerification;
use crate::store::otps::{NewOtp, SuppressionReason};
use crate::store::{StoreError, Transaction, accounts, hourly_counters, otps};

const TOO_MANY_CODES: &str = "Too many codes have been sent to this email address.";
const TOO_MANY_FROM_HERE: &str = "Too many codes have been requested from your network.";
const NO_MORE_MAIL: &str = "We can't send more emails today.";
/// One part in this many of the emails per day is kept for password resets.
const RECOVERY_SHARE: u64 = 5;
/// How many times as many codes an email can get in a day if other networks request them.
const OTHER_NETWORKS: usize = 3;

/// The permission to send a code to an email. The limits were checked.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct CodePermit {
    /// Whether a known device of the account requested it.
    known_device: bool,
}

/// The recipient of a code.
#[derive(Debug)]
struct Recipient {
    to: Email,
    username: Username,
    /// Why the code is not sent, if it is not.
    withheld: Option<SuppressionReason>,
}

impl EmailVerifier<'_> {
    /// Checks the budget of emails per day, takes a code from the quota of the requesting network, and checks the limit
    /// for the recipient.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if any of these limits is reached.
    pub async fn check_limits(
        &self,
        tx: &Transaction,
        purpose: OtpPurpose,
        email: &Email,
        by: &RequestContext,
    ) -> Result<CodePermit, ServiceError> {
        self.check_budget(tx, purpose).await?;
        self.take_code(tx, by).await?;
        self.check_cap(tx, email, by).await
    }

    /// Checks how many emails the portal has queued in the last 24 hours. The last fifth is for password resets, so that
    /// registrations cannot use up all of them.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if they are used up.
    pub async fn check_budget(&self, tx: &Transaction, purpose: OtpPurpose) -> Result<(), ServiceError> {
        let budget = u64::from(self.core.limits.mail_per_day);
        if budget == 0 {
            return Ok(());
        }
        let queued = hourly_counters::total(tx, Metric::MailQueued, tx.now() - DAY).await?;
        let most = if purpose == OtpPurpose::Recovery { budget } else { budget - budget / RECOVERY_SHARE };
        if queued < most {
            return Ok(());
        }
        tracing::warn!(event = "mail.budget_used", purpose = purpose.as_str(), queued);
        Err(ServiceError::Limited { what: NO_MORE_MAIL, wait: HOUR })
    }

    /// Takes a code from the quota of the requesting network.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if the quota is used up.
    pub async fn take_code(&self, tx: &Transaction, by: &RequestContext) -> Result<(), ServiceError> {
        let target = Target::of(AttemptKind::CodeRequest);
        match attempts::take(tx, &self.core.rng, target, self.core.limits.codes_per_ip, by).await? {
            Some(wait) => Err(ServiceError::Limited { what: TOO_MANY_FROM_HERE, wait }),
            None => Ok(()),
        }
    }

    /// Checks the limits per hour and day for an email, counting codes for all purposes. Codes that
    /// a known device of the account requests are counted by themselves. When other users have
    /// requested all of a day's codes, each further network can request one.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if a limit is reached.
    pub async fn check_cap(
        &self,
        tx: &Transaction,
        email: &Email,
        by: &RequestContext,
    ) -> Result<CodePermit, ServiceError> {
        let (now, limits) = (tx.now(), &self.core.limits);
        let known_device = self.is_known_device(tx, email, by).await?;
        let mut requested = otps::requested_since(tx, email.key(), now - DAY).await?;
        requested.retain(|code| code.known_device == known_device);
        let issued: Vec<_> = requested.iter().map(|code| code.issued_at).collect();
        let hour = sliding_window::wait(&issued, limits.otp_per_hour, HOUR, now);
        let day = sliding_window::wait(&issued, limits.otp_per_day, DAY, now);
        let Some(wait) = hour.max(day) else { return Ok(CodePermit { known_device }) };
        let from_here = |ip: &str| ip.parse::<IpAddr>().is_ok_and(|ip| IpPrefix::from(ip) == by.prefix());
        let first_from_here = !requested.iter().any(|code| from_here(&code.requester_ip));
        if !known_device && first_from_here && requested.len() < OTHER_NETWORKS * limits.otp_per_day {
            return Ok(CodePermit { known_device });
        }
        Err(ServiceError::Limited { what: TOO_MANY_CODES, wait })
    }

    /// Whether the account with this email was used in this browser before, or is signed in.
    async fn is_known_device(&self, tx: &Transaction, email: &Email, by: &RequestContext) -> Result<bool, StoreError> {
        let owner = match &by.member {
            Some(member) => Some(member.account_id),
            None => accounts::by_email(tx, email).await?.map(|account| account.id),
        };
        // The same query without an account, so that the response takes equally long.
        Ok(self.core.known_device(tx, owner.unwrap_or_default(), by).await?.is_some())
    }

    /// Whether a code must be a long one, because too many codes were guessed. A long one cannot be
    /// guessed, so guessing never keeps an owner from a code.
    async fn must_be_long(
        &self,
        tx: &Transaction,
        verification: &EmailVerification,
        permit: CodePermit,
        by: &RequestContext,
    ) -> Result<bool, StoreError> {
        let limits = &self.core.limits;
        let (since, most) = (tx.now() - DAY, limits.otp_wrong_per_day);
        let key = self.guessed(verification.purpose, verification.email.key());
        let newest = at_subject(tx, AttemptKind::EmailCode, &key, since, most as u64).await?;
        let wrong = newest.iter().filter(|attempt| Attempt::failed(attempt)).count();
        let quota = limits.wrong_codes_per_ip;
        let network = attempts::wait_for_network(tx, AttemptKind::EmailCode, true, quota, by).await?;
        // One more flow may use all its attempts.
        Ok(!permit.known_device && (wrong + limits.otp_tries as usize > most || network.is_some()))
    }

    /// Stores a code and queues the email that contains it, in the same transaction.
    ///
    /// The code may be withheld: the email of a registration or change is taken, or a recovery has no account. The
    /// response must not reveal it, so the same rows are written, but no such code is accepted, and the row in the outbox
    /// is a decoy. Instead of a decoy, the owner of an email that is taken gets a notice if one is due.
    pub async fn issue(
        &self,
        tx: &Transaction,
        verification: &EmailVerification,
        permit: CodePermit,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        let EmailVerification { id: flow, purpose, ref email, .. } = *verification;
        let now = tx.now();
        let Recipient { to, username, withheld } = self.recipient(tx, verification).await?;
        let is_long = self.must_be_long(tx, verification, permit, by).await?;
        let code = if is_long {
            EmailCode::long(u64::from_be_bytes(self.core.rng.bytes()))
        } else {
            self.core.rng.otp_code().into()
        };
        let digest = match withheld {
            None => self.core.digester.digest(purpose, flow, email.key(), &code),
            Some(_) => OtpDigest::of_no_code(self.core.rng.bytes()),
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
            withheld,
            is_long,
            known_device: permit.known_device,
        };
        let (id, expires_at) = (otp.id, otp.expires_at);
        otps::insert(tx, otp).await?;
        otps::invalidate_previous(tx, flow, OTP_LIVE, now).await?;
        let mail = CodeMail { to, username, code, expires_at, requester_ip: by.ip.to_string(), browser: by.browser() };
        let message = match purpose {
            OtpPurpose::Registration => Message::RegistrationCode(mail),
            OtpPurpose::Recovery => Message::RecoveryCode(mail),
            OtpPurpose::EmailChange => Message::EmailChangeCode(mail),
        };
        let notice = match purpose {
            OtpPurpose::Registration | OtpPurpose::EmailChange => self.owner_notice(tx, verification, by).await?,
            OtpPurpose::Recovery => None,
        };
        match (withheld, notice) {
            (None, _) => self.core.mailer.enqueue(tx, &message, Some(id)).await,
            (Some(_), Some(notice)) => self.core.mailer.enqueue_in_place_of(tx, &notice, id).await,
            (Some(_), None) => self.core.mailer.enqueue_decoy(tx, &message, Some(id)).await,
        }
    }

    /// Returns the recipient of the code, or of the decoy in place of it.
    async fn recipient(&self, tx: &Transaction, verification: &EmailVerification) -> Result<Recipient, StoreError> {
        let email = verification.email.clone();
        let id = verification.account_id.unwrap_or_default();
        let (found, reason) = match verification.purpose {
            OtpPurpose::Registration => {
                let sign_up = verification.sign_up.as_ref();
                (sign_up.map(|sign_up| (email.clone(), sign_up.username.clone())), SuppressionReason::AddressTaken)
            }
            OtpPurpose::EmailChange => {
                let account = accounts::by_id(tx, id).await?;
                (account.map(|account| (email.clone(), account.username)), SuppressionReason::AddressTaken)
            }
            OtpPurpose::Recovery => {
                let account = recovery::recoverable_account(tx, verification).await?;
                (account.map(|account| (account.email, account.username)), SuppressionReason::NoAccount)
            }
        };
        let withheld = (found.is_none() || verification.address_taken).then_some(reason);
        let (to, username) = found.unwrap_or_else(|| (email, Username::placeholder()));
        Ok(Recipient { to, username, withheld })
    }

    /// Returns the notice to the owner of an email that is taken that someone tried to use it, if one is due: they are
    /// sent at a limited rate.
    async fn owner_notice(
        &self,
        tx: &Transaction,
        verification: &EmailVerification,
        by: &RequestContext,
    ) -> Result<Option<Message>, StoreError> {
        let now = tx.now();
        // The same queries for an email that is not taken, so that the response takes equally long.
        let owner = email_owner::find(tx, &verification.email, &self.core.limits, now).await?;
        let owner = owner.filter(|_| verification.address_taken);
        let id = owner.as_ref().map(|owner| owner.account_id).unwrap_or_default();
        let is_due = accounts::claim_exists_notice(tx, id, now, now - EXISTS_NOTICE_EVERY).await?;
        Ok(owner.filter(|_| is_due).map(|owner| Message::AccountExists {
            to: owner.email,
            username: owner.username,
            requester_ip: by.ip.to_string(),
            browser: by.browser(),
            at: now,
        }))
    }
}
