//! Beginning a registration, asking for another code, correcting the address.

use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::captcha::{Answer, Captcha, Form, Passed};
use super::flow::{self, Ended, Pending};
use super::outcome::{Done, Fault, FlowChange, ServiceError};
use super::quota::{self, Counted};
use super::requester::Requester;
use super::window;
use crate::domain::{Email, FieldErrors, NoticeKind, Password, Timestamp, Username};
use crate::paths;
use crate::server::clock::Clock;
use crate::server::crypto::{FlowToken, LookupKeys, OtpDigest, OtpDigester, OtpPurpose};
use crate::server::crypto::{PasswordContext, PasswordHasher, PasswordPolicy};
use crate::server::limits::{DAY, EXISTS_NOTICE_EVERY, HOUR, Limits, OTP_LIVE};
use crate::server::mail::{Mailer, Message};
use crate::server::rng::Rng;
use crate::server::store::otps::NewOtp;
use crate::server::store::{Store, StoreError, accounts, otps, registrations};

/// What every refusal for a taken username says.
pub const USERNAME_TAKEN: &str = "This username is taken. Choose another.";

const TOO_MANY_CODES: &str = "We have sent too many codes to this address.";
const TOO_SOON: &str = "We have just sent a code.";
const TOO_MANY_FROM_HERE: &str = "We have sent too many codes to people in your network.";

/// The service behind `/register` and the lesser forms of `/verify`.
#[derive(Clone, Debug)]
pub struct Registration {
    pub store: Store,
    pub mailer: Mailer,
    pub hasher: PasswordHasher,
    pub policy: PasswordPolicy,
    pub digester: OtpDigester,
    pub captcha: Captcha,
    pub keys: LookupKeys,
    pub limits: Limits,
    pub clock: Clock,
    pub rng: Rng,
}

impl Registration {
    /// Takes a new person's details and mails a code. An address that has an
    /// account gets the same answer in the same time; its owner is told.
    ///
    /// # Errors
    /// Mistakes beside their fields, a challenge that did not convince, a cap on
    /// codes that is reached, or no place among those who hash.
    pub async fn start(
        &self,
        username: &str,
        email: &str,
        password: &str,
        answer: &Answer<'_>,
        by: &Requester,
    ) -> Result<Done, ServiceError> {
        if by.signed_in {
            return Ok(Done::go(paths::DASHBOARD));
        }
        let (username, email, password) = self.parse(username, email, password)?;
        let passed = self.captcha.check(Form::Register, answer, by).await?;
        // Before the database: in a flood nobody waits for its writer only to hear that this is one.
        let place = self.hasher.enter()?;
        self.admit(&passed, &username, by).await?;
        // Hashed for a known address too: the answer takes as long.
        let password_hash = self.hasher.hash(place, &password).await?;
        let now = self.clock.now();
        let tx = self.store.write().await?;
        self.check_cap(&tx, &email, now).await?;
        if let Some(token) = &by.flow
            && let Some(earlier) = registrations::by_flow(&tx, token.digest()).await?
        {
            registrations::delete(&tx, earlier.id).await?;
        }
        let flow = FlowToken::generate(&self.rng);
        let registration = registrations::Registration {
            id: self.rng.id(now),
            address_taken: accounts::by_email(&tx, &email).await?.is_some(),
            username,
            email,
            password_hash,
            tries: 0,
            email_changes: 0,
            created_at: now,
            proven: false,
            finished: false,
        };
        registrations::insert(&tx, registration.clone(), flow.digest()).await?;
        self.issue(&tx, &registration, by, now).await?;
        tx.commit().await?;
        self.mailer.wake();
        tracing::info!(event = "registration.started", registration = %registration.id, ip = %by.ip);
        Ok(Done::go(paths::VERIFY).with_flow(FlowChange::Begin(flow)))
    }

    /// Mails another code for the flow this browser holds. The earlier code
    /// counts until its own expiry, and the tries are not given back.
    ///
    /// # Errors
    /// Asked for too early, a challenge that did not convince, or a cap on
    /// codes that is reached.
    pub async fn resend(&self, answer: &Answer<'_>, by: &Requester) -> Result<Done, ServiceError> {
        // Who has nothing to wait for, or has to wait, need not be told from a machine.
        if let Err(done) = self.resendable(self.store.reader(), by).await? {
            return Ok(done);
        }
        let passed = self.captcha.check(Form::Resend, answer, by).await?;
        let now = self.clock.now();
        let tx = self.store.write().await?;
        let registration = match self.resendable(&tx, by).await? {
            Ok(registration) => registration,
            Err(done) => return Ok(done),
        };
        self.captcha.spend(&tx, &passed, by).await?;
        self.take_code(&tx, by, now).await?;
        self.check_cap(&tx, &registration.email, now).await?;
        self.issue(&tx, &registration, by, now).await?;
        tx.commit().await?;
        self.mailer.wake();
        let text = format!("We sent another code to {}.", registration.email.as_str());
        Ok(Done::go(paths::VERIFY).saying(NoticeKind::Success, text))
    }

    /// The registration for which another code may be sent now; the inner `Err`
    /// when there is none.
    async fn resendable(
        &self,
        db: &impl ConnectionTrait,
        by: &Requester,
    ) -> Result<Result<registrations::Registration, Done>, ServiceError> {
        let now = self.clock.now();
        let Pending { registration, code } = match flow::pending(db, by.flow.as_ref(), &self.limits, now).await? {
            Ok(pending) => pending,
            Err(ended) => return Ok(Err(ended.into_done())),
        };
        if registration.proven {
            return Ok(Err(Done::go(paths::VERIFY)));
        }
        let again_at = code.issued_at + self.limits.otp_resend_after;
        if now < again_at {
            return Err(ServiceError::Limited { what: TOO_SOON, wait: again_at.since(now) });
        }
        Ok(Ok(registration))
    }

    /// Sends the code to a corrected address instead; codes for the earlier
    /// one stop counting.
    ///
    /// # Errors
    /// Mistakes in the address, no change left, or the cap on codes for it.
    pub async fn correct_email(&self, email: &str, by: &Requester) -> Result<Done, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(email) = errors.check("email", Email::parse(email)) else { return Err(errors.into()) };
        let now = self.clock.now();
        let tx = self.store.write().await?;
        let mut registration = match flow::pending(&tx, by.flow.as_ref(), &self.limits, now).await? {
            Ok(pending) if pending.registration.proven => return Ok(Done::go(paths::VERIFY)),
            Ok(pending) => pending.registration,
            Err(ended) => return Ok(ended.into_done()),
        };
        if email.key() == registration.email.key() {
            return Err(FieldErrors::one("email", "This is the address we sent the code to.").into());
        }
        let taken = accounts::by_email(&tx, &email).await?.is_some();
        if !registrations::change_email(&tx, registration.id, &email, taken, self.limits.email_changes).await? {
            let text = "The address cannot be changed any more. Register again with the right one.";
            return Err(FieldErrors::one("email", text).into());
        }
        self.take_code(&tx, by, now).await?;
        self.check_cap(&tx, &email, now).await?;
        registration.email = email;
        registration.address_taken = taken;
        otps::void_older(&tx, registration.id, 0, now).await?;
        self.issue(&tx, &registration, by, now).await?;
        tx.commit().await?;
        self.mailer.wake();
        let text = format!("We sent a code to {}.", registration.email.as_str());
        Ok(Done::go(paths::VERIFY).saying(NoticeKind::Success, text))
    }

    /// What the browser holding this flow sees on `/verify`.
    ///
    /// # Errors
    /// Only faults; an ended registration is the inner `Err`.
    pub async fn pending(&self, flow: Option<&FlowToken>) -> Result<Result<Pending, Ended>, Fault> {
        Ok(flow::pending(self.store.reader(), flow, &self.limits, self.clock.now()).await?)
    }

    /// Reads the fields, with what is wrong with each.
    fn parse(&self, username: &str, email: &str, password: &str) -> Result<(Username, Email, Password), ServiceError> {
        let mut errors = FieldErrors::default();
        let parsed_username = errors.check("username", Username::parse(username));
        let parsed_email = errors.check("email", Email::parse(email));
        let parsed_password = errors.check("password", Password::parse_new(password));
        if let Some(password) = &parsed_password {
            errors.check("password", self.policy.judge(password, &PasswordContext { username, email }));
        }
        match (parsed_username, parsed_email, parsed_password) {
            (Some(username), Some(email), Some(password)) if errors.is_empty() => Ok((username, email, password)),
            _ => Err(errors.into()),
        }
    }

    /// Uses up what this registration costs its sender, before anything is told
    /// about other people: whether a username is taken is not for machines to ask.
    async fn admit(&self, passed: &Passed, username: &Username, by: &Requester) -> Result<(), ServiceError> {
        let tx = self.store.write().await?;
        self.captcha.spend(&tx, passed, by).await?;
        self.take_code(&tx, by, self.clock.now()).await?;
        let taken = accounts::by_username(&tx, username).await?.is_some();
        tx.commit().await?;
        if taken { Err(FieldErrors::one("username", USERNAME_TAKEN).into()) } else { Ok(()) }
    }

    /// Counts a code against the address prefix that asks for it.
    async fn take_code(&self, tx: &DatabaseTransaction, by: &Requester, now: Timestamp) -> Result<(), ServiceError> {
        let quota = self.limits.codes_per_address;
        match quota::take(tx, &self.keys, Counted::Codes, quota, by, now).await? {
            Some(wait) => {
                tracing::warn!(event = "codes.limited", ip = %by.ip);
                Err(ServiceError::Limited { what: TOO_MANY_FROM_HERE, wait })
            }
            None => Ok(()),
        }
    }

    async fn check_cap(&self, tx: &DatabaseTransaction, email: &Email, now: Timestamp) -> Result<(), ServiceError> {
        let issued = otps::issued_since(tx, email.key(), now - DAY).await?;
        let hour = window::wait(&issued, self.limits.otp_per_hour, HOUR, now);
        let day = window::wait(&issued, self.limits.otp_per_day, DAY, now);
        match hour.max(day) {
            Some(wait) => Err(ServiceError::Limited { what: TOO_MANY_CODES, wait }),
            None => Ok(()),
        }
    }

    /// Writes a code and the mail about it in the same transaction.
    async fn issue(
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
        let message = Message::RegistrationCode {
            to: email.clone(),
            username: registration.username.clone(),
            code,
            expires_at,
            requester_ip: by.ip.to_string(),
            browser: by.browser(),
        };
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
