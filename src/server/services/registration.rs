//! Beginning a registration. Who may is in `admission`, what may follow while
//! its code is awaited in `again`.

pub mod admission;
mod again;

use crate::server::store::Transaction;

use admission::Admission;

use super::captcha::{Answer, Captcha, Form, Passed};
use super::codes::{Bound, Codes, Recipient};
use super::flow::{self, Ended, Pending};
use super::holder;
use super::newcomer::{Newcomer, USERNAME_TAKEN};
use super::outcome::{Done, Fault, Flow, FlowChange, ServiceError};
use super::requester::Requester;
use crate::domain::{Email, FieldErrors, Tally, Timestamp, Username};
use crate::paths;
use crate::server::clock::Clock;
use crate::server::crypto::{FlowToken, OtpPurpose};
use crate::server::crypto::{PasswordHasher, PasswordPolicy};
use crate::server::limits::Limits;
use crate::server::rng::Rng;
use crate::server::store::{Store, StoreError, accounts, otps, registrations, tallies};

/// The service behind `/register` and the lesser forms of `/verify`.
#[derive(Clone, Debug)]
pub struct Registration {
    pub store: Store,
    pub hasher: PasswordHasher,
    pub policy: PasswordPolicy,
    pub captcha: Captcha,
    pub codes: Codes,
    pub admission: Admission,
    pub limits: Limits,
    pub clock: Clock,
    pub rng: Rng,
}

impl Registration {
    /// Takes a new person's details and mails a code. An address that has an
    /// account gets the same answer in the same time; its owner is told. Whoever
    /// was invited registers with the invited address, whatever `email` says.
    ///
    /// # Errors
    /// Nobody may register, or nobody uninvited; mistakes beside their fields, a challenge that did not convince, a cap on
    /// codes that is reached, or no place among those who hash.
    pub async fn start(
        &self,
        username: &str,
        email: &str,
        password: &str,
        answer: &Answer<'_>,
        by: &Requester,
    ) -> Result<Done, ServiceError> {
        if by.member.is_some() {
            return Ok(Done::go(paths::DASHBOARD));
        }
        let guest = self.admission.enter(self.store.reader(), by.invitation.as_ref(), self.clock.now()).await?;
        // The rules about addresses are not for whom an administrator named.
        let (email, rules) = match &guest {
            Some(guest) => (guest.as_str(), None),
            None => (email, Some(&self.admission.emails)),
        };
        let Newcomer { username, email, password } = Newcomer::parse(username, email, password, &self.policy, rules)?;
        let passed = self.captcha.check(Form::Register, answer, by).await?;
        // Before the database: in a flood nobody waits for its writer only to hear that this is one.
        let place = self.hasher.enter()?;
        self.admit(&passed, &username, by).await?;
        // Hashed for a known address too: the answer takes as long.
        let password_hash = self.hasher.hash(place, &password).await?;
        let tx = self.store.write().await?;
        let now = tx.now();
        self.codes.check_cap(&tx, email.key(), now).await?;
        if let Some(token) = &by.flow
            && let Some(earlier) = registrations::by_flow(&tx, token.digest()).await?
        {
            otps::void_older(&tx, earlier.id, 0, now).await?;
            registrations::delete(&tx, earlier.id).await?;
        }
        let flow = FlowToken::generate(&self.rng);
        let registration = registrations::Registration {
            id: self.rng.id(now),
            address_taken: holder::of(&tx, &email, &self.limits, now).await?.is_some(),
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
        tallies::add(&tx, Tally::RegistrationBegun, now).await?;
        self.issue(&tx, &registration, by, now).await?;
        tx.commit().await?;
        self.codes.mailer.wake();
        tracing::info!(event = "registration.started", registration = %registration.id, ip = %by.ip);
        Ok(Done::go(paths::VERIFY).with_flow(FlowChange::Begin(Flow::Registration, flow)))
    }

    /// What the browser holding this flow sees on `/verify`.
    ///
    /// # Errors
    /// Only faults; an ended registration is the inner `Err`.
    pub async fn pending(&self, flow: Option<&FlowToken>) -> Result<Result<Pending, Ended>, Fault> {
        Ok(flow::pending(self.store.reader(), flow, &self.admission, &self.limits, self.clock.now()).await?)
    }

    /// Mails a code for this registration; the owner of its address is told
    /// instead, if it has one.
    async fn issue(
        &self,
        tx: &Transaction,
        registration: &registrations::Registration,
        by: &Requester,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let email = &registration.email;
        let bound = Bound { purpose: OtpPurpose::Registration, flow: registration.id, email_key: email.key() };
        let to = (!registration.address_taken).then_some(Recipient { email, username: &registration.username });
        self.codes.issue(tx, bound, to, by, now).await?;
        if !registration.address_taken {
            return Ok(());
        }
        match holder::of(tx, email, &self.limits, now).await? {
            Some(holder) => self.codes.tell_owner(tx, holder, by, now).await,
            None => Ok(()),
        }
    }

    /// The address that the link in a mail invites to register with, if it still does.
    ///
    /// # Errors
    /// Only faults.
    pub async fn guest(&self, token: &FlowToken) -> Result<Option<Email>, Fault> {
        Ok(self.admission.guest(self.store.reader(), Some(token), self.clock.now()).await?)
    }

    /// Uses up what this registration costs its sender, before anything is told
    /// about other people: whether a username is taken is not for machines to ask.
    async fn admit(&self, passed: &Passed, username: &Username, by: &Requester) -> Result<(), ServiceError> {
        let tx = self.store.write().await?;
        self.captcha.spend(&tx, passed, by).await?;
        self.codes.take_code(&tx, by, self.clock.now()).await?;
        let taken = accounts::by_username(&tx, username).await?.is_some();
        tx.commit().await?;
        if taken { Err(FieldErrors::one("username", USERNAME_TAKEN).into()) } else { Ok(()) }
    }
}
