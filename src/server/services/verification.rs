//! Proving an address with its code, and the account that comes of it.

use super::captcha::Captcha;
use super::flow::{self, Ended, Pending};
use super::outcome::{Done, Flow, FlowChange, ServiceError};
use super::quota::{self, Counted};
use super::registration::USERNAME_TAKEN;
use super::requester::Requester;
use super::window;
use crate::domain::{FieldErrors, NoticeKind, OtpCode, Role, Timestamp, Username};
use crate::paths;
use crate::server::clock::Clock;
use crate::server::crypto::{LookupKeys, OtpDigester, OtpPurpose};
use crate::server::limits::{DAY, Limits};
use crate::server::rng::Rng;
use crate::server::store::accounts::NewAccount;
use crate::server::store::registrations::Registration;
use crate::server::store::{Store, accounts, otps, registrations};

const TOO_MANY_FROM_HERE: &str = "There were too many wrong codes from your network.";
const TOO_MANY_WRONG: &str = "There were too many wrong codes for this address.";

/// The service behind `/verify`.
#[derive(Clone, Debug)]
pub struct Verification {
    pub store: Store,
    pub digester: OtpDigester,
    pub captcha: Captcha,
    pub keys: LookupKeys,
    pub limits: Limits,
    pub clock: Clock,
    pub rng: Rng,
}

impl Verification {
    /// Checks a code and makes the account.
    ///
    /// The try is counted and committed before it is compared, so that a crash
    /// or a hundred parallel guesses get no more than the limit.
    ///
    /// # Errors
    /// One message beside `code` whatever made it wrong; the cap on wrong
    /// codes for the address.
    pub async fn verify(&self, code: &str, by: &Requester) -> Result<Done, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(code) = errors.check("code", OtpCode::parse(code)) else { return Err(errors.into()) };
        let now = self.clock.now();
        let (registration, try_id) = match self.count_try(by, now).await? {
            Ok(counted) => counted,
            Err(done) => return Ok(done),
        };
        let email = registration.email.key();
        let digests = self.digester.accepted(OtpPurpose::Registration, registration.id, email, &code);
        let tx = self.store.write().await?;
        if !otps::consume(&tx, registration.id, &digests, now).await? {
            drop(tx);
            tracing::info!(event = "verification.wrong", registration = %registration.id, ip = %by.ip);
            self.captcha.note_failure(by);
            return self.wrong_code(by, now).await;
        }
        otps::forget_try(&tx, try_id).await?;
        let quota = self.limits.wrong_codes_per_address;
        quota::give_back(&tx, &self.keys, Counted::WrongCodes, quota, by).await?;
        self.finish(tx, registration, now).await
    }

    /// Finishes a proven registration under another username.
    ///
    /// # Errors
    /// Mistakes in the username, or it is taken as well.
    pub async fn choose_username(&self, username: &str, by: &Requester) -> Result<Done, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(username) = errors.check("username", Username::parse(username)) else { return Err(errors.into()) };
        let now = self.clock.now();
        let tx = self.store.write().await?;
        let mut registration = match flow::pending(&tx, by.flow.as_ref(), &self.limits, now).await? {
            Ok(pending) if !pending.registration.proven => return Ok(Done::go(paths::VERIFY)),
            Ok(pending) => pending.registration,
            Err(ended) => return Ok(ended.into_done()),
        };
        if accounts::by_username(&tx, &username).await?.is_some() {
            return Err(FieldErrors::one("username", USERNAME_TAKEN).into());
        }
        registration.username = username;
        self.finish(tx, registration, now).await
    }

    /// Counts one try against the flow and the address, for good.
    async fn count_try(
        &self,
        by: &Requester,
        now: Timestamp,
    ) -> Result<Result<(Registration, uuid::Uuid), Done>, ServiceError> {
        let tx = self.store.write().await?;
        let registration = match flow::pending(&tx, by.flow.as_ref(), &self.limits, now).await? {
            Ok(Pending { registration, .. }) if registration.proven => return Ok(Err(Done::go(paths::VERIFY))),
            Ok(Pending { registration, .. }) => registration,
            Err(ended) => return Ok(Err(ended.into_done())),
        };
        let most = usize::try_from(self.limits.otp_wrong_per_day).unwrap_or(usize::MAX);
        let tried = otps::wrong_tries_since(&tx, registration.email.key(), now - DAY).await?;
        if let Some(wait) = window::wait(&tried, most, DAY, now) {
            tracing::warn!(event = "verification.limited", registration = %registration.id, ip = %by.ip);
            return Err(ServiceError::Limited { what: TOO_MANY_WRONG, wait });
        }
        let quota = self.limits.wrong_codes_per_address;
        if let Some(wait) = quota::take(&tx, &self.keys, Counted::WrongCodes, quota, by, now).await? {
            return Err(ServiceError::Limited { what: TOO_MANY_FROM_HERE, wait });
        }
        if !registrations::count_try(&tx, registration.id, self.limits.otp_tries).await? {
            return Ok(Err(Ended::TriesUsed(Box::new(registration)).into_done()));
        }
        let try_id = self.rng.id(now);
        otps::note_wrong_try(&tx, try_id, OtpPurpose::Registration, registration.email.key(), now).await?;
        tx.commit().await?;
        Ok(Ok((registration, try_id)))
    }

    /// What a wrong code is answered with: the tries left, or the way back.
    async fn wrong_code(&self, by: &Requester, now: Timestamp) -> Result<Done, ServiceError> {
        match flow::pending(self.store.reader(), by.flow.as_ref(), &self.limits, now).await? {
            Ok(pending) => {
                let left = self.limits.otp_tries.saturating_sub(pending.registration.tries);
                let tries = if left == 1 { "try" } else { "tries" };
                Err(FieldErrors::one("code", format!("That code is not right. {left} {tries} left.")).into())
            }
            Err(ended) => Ok(ended.into_done()),
        }
    }

    /// Turns a proven registration into an account, in the transaction that
    /// consumed its code.
    async fn finish(
        &self,
        tx: sea_orm::DatabaseTransaction,
        registration: Registration,
        now: Timestamp,
    ) -> Result<Done, ServiceError> {
        let sign_in = Done::go(paths::LOGIN).with_flow(FlowChange::End(Flow::Registration));
        if accounts::by_email(&tx, &registration.email).await?.is_some() {
            registrations::mark_finished(&tx, registration.id, now).await?;
            tx.commit().await?;
            return Ok(sign_in.saying(NoticeKind::Info, "This address already has an account. Sign in to continue."));
        }
        if accounts::by_username(&tx, &registration.username).await?.is_some() {
            registrations::mark_proven(&tx, registration.id, now).await?;
            tx.commit().await?;
            return Ok(Done::go(paths::VERIFY));
        }
        let account = NewAccount {
            id: self.rng.id(now),
            username: registration.username.clone(),
            email: registration.email,
            password_hash: registration.password_hash,
            role: Role::User,
            created_at: now,
        };
        let id = account.id;
        accounts::insert(&tx, account).await?;
        registrations::mark_finished(&tx, registration.id, now).await?;
        tx.commit().await?;
        tracing::info!(event = "account.created", account = %id, registration = %registration.id);
        let text = "Your address is confirmed and your account is ready. Sign in to continue.";
        Ok(sign_in.saying(NoticeKind::Success, text).with_value("identifier", registration.username.as_str()))
    }
}
