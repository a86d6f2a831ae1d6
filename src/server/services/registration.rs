//! Beginning a registration. What may follow while its code is awaited is in
//! `again`.

mod again;

use sea_orm::DatabaseTransaction;

use super::captcha::{Answer, Captcha, Form, Passed};
use super::codes::{Bound, Codes, Recipient};
use super::flow::{self, Ended, Pending};
use super::holder;
use super::outcome::{Done, Fault, Flow, FlowChange, ServiceError};
use super::requester::Requester;
use crate::domain::{Email, FieldErrors, Password, Tally, Timestamp, Username};
use crate::paths;
use crate::server::clock::Clock;
use crate::server::crypto::{FlowToken, OtpPurpose};
use crate::server::crypto::{PasswordContext, PasswordHasher, PasswordPolicy};
use crate::server::limits::Limits;
use crate::server::rng::Rng;
use crate::server::store::{Store, StoreError, accounts, registrations, tallies};

/// What every refusal for a taken username says.
pub const USERNAME_TAKEN: &str = "This username is taken. Choose another.";

/// The service behind `/register` and the lesser forms of `/verify`.
#[derive(Clone, Debug)]
pub struct Registration {
    pub store: Store,
    pub hasher: PasswordHasher,
    pub policy: PasswordPolicy,
    pub captcha: Captcha,
    pub codes: Codes,
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
        if by.member.is_some() {
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
        self.codes.check_cap(&tx, email.key(), now).await?;
        if let Some(token) = &by.flow
            && let Some(earlier) = registrations::by_flow(&tx, token.digest()).await?
        {
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
        Ok(flow::pending(self.store.reader(), flow, &self.limits, self.clock.now()).await?)
    }

    /// Mails a code for this registration; the owner of its address is told
    /// instead, if it has one.
    async fn issue(
        &self,
        tx: &DatabaseTransaction,
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
        self.codes.take_code(&tx, by, self.clock.now()).await?;
        let taken = accounts::by_username(&tx, username).await?.is_some();
        tx.commit().await?;
        if taken { Err(FieldErrors::one("username", USERNAME_TAKEN).into()) } else { Ok(()) }
    }
}
