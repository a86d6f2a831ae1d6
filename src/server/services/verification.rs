//! Verifying an email with its code and creating the account.

use super::codes::{self, Bound, Codes, Counted};
use super::flow::{self, Ended, Pending};
use super::holder;
use super::newcomer::USERNAME_TAKEN;
use super::outcome::{Done, Flow, FlowChange, ServiceError};
use super::registration::admission::Admission;
use super::requester::Requester;
use crate::domain::{FieldErrors, NoticeKind, OtpCode, Role, Tally, Timestamp, Username};
use crate::paths;
use crate::server::clock::Clock;
use crate::server::crypto::OtpPurpose;
use crate::server::limits::Limits;
use crate::server::rng::Rng;
use crate::server::store::accounts::NewAccount;
use crate::server::store::invitations::{self, Ending};
use crate::server::store::registrations::Registration;
use crate::server::store::{Store, accounts, registrations, tallies};

/// The service behind `/verify`.
#[derive(Clone, Debug)]
pub struct Verification {
    pub store: Store,
    pub codes: Codes,
    pub admission: Admission,
    pub limits: Limits,
    pub clock: Clock,
    pub rng: Rng,
}

impl Verification {
    /// Checks a code and creates the account.
    ///
    /// The attempt is counted and committed before the code is compared, so that neither a crash
    /// nor parallel guesses allow more attempts than the limit.
    ///
    /// # Errors
    /// The same error next to `code`, whatever makes the code wrong, or [`ServiceError::Limited`]
    /// if there were too many wrong codes for the email or from the IP prefix.
    pub async fn verify(&self, code: &str, by: &Requester) -> Result<Done, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(code) = errors.check("code", OtpCode::parse(code)) else { return Err(errors.into()) };
        let (registration, counted) = match self.count_try(by).await? {
            Ok(counted) => counted,
            Err(done) => return Ok(done),
        };
        let bound = bound(&registration);
        let tx = self.store.write().await?;
        let now = tx.now();
        if !self.codes.consume(&tx, bound, &code, now).await? {
            drop(tx);
            self.codes.note_wrong(bound, by);
            return self.wrong_code(by, now).await;
        }
        self.codes.settle(&tx, counted, by).await?;
        self.finish(tx, registration, now).await
    }

    /// Finishes a verified registration with a different username.
    ///
    /// # Errors
    /// An error next to `username` if it is invalid or also taken.
    pub async fn choose_username(&self, username: &str, by: &Requester) -> Result<Done, ServiceError> {
        let mut errors = FieldErrors::default();
        let Some(username) = errors.check("username", Username::parse(username)) else { return Err(errors.into()) };
        let tx = self.store.write().await?;
        let now = tx.now();
        let mut registration = match flow::pending(&tx, by.flow.as_ref(), &self.admission, &self.limits, now).await? {
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

    /// Counts and commits one attempt against the flow and the email.
    async fn count_try(&self, by: &Requester) -> Result<Result<(Registration, Counted), Done>, ServiceError> {
        let tx = self.store.write().await?;
        let now = tx.now();
        let registration = match flow::pending(&tx, by.flow.as_ref(), &self.admission, &self.limits, now).await? {
            Ok(Pending { registration, .. }) if registration.proven => return Ok(Err(Done::go(paths::VERIFY))),
            Ok(Pending { registration, .. }) => registration,
            Err(ended) => return Ok(Err(ended.into_done())),
        };
        let counted = self.codes.count(&tx, bound(&registration), registration.tries, by, now).await?;
        if !registrations::count_try(&tx, registration.id, self.limits.otp_tries).await? {
            return Ok(Err(Ended::TriesUsed(Box::new(registration)).into_done()));
        }
        tx.commit().await?;
        Ok(Ok((registration, counted)))
    }

    /// Returns the response to a wrong code: the attempts left, or the way back to the start.
    async fn wrong_code(&self, by: &Requester, now: Timestamp) -> Result<Done, ServiceError> {
        match flow::pending(self.store.reader(), by.flow.as_ref(), &self.admission, &self.limits, now).await? {
            Ok(pending) => Err(codes::wrong(pending.registration.tries, self.limits.otp_tries)),
            Err(ended) => Ok(ended.into_done()),
        }
    }

    /// Turns a verified registration into an account, in the transaction that consumed its code.
    /// This uses up an invitation for the email, even if none was required.
    async fn finish(
        &self,
        tx: crate::server::store::Transaction,
        registration: Registration,
        now: Timestamp,
    ) -> Result<Done, ServiceError> {
        let sign_in = Done::go(paths::LOGIN).with_flow(FlowChange::End(Flow::Registration));
        if holder::of(&tx, &registration.email, &self.limits, now).await?.is_some() {
            registrations::mark_finished(&tx, registration.id, now).await?;
            tx.commit().await?;
            return Ok(
                sign_in.saying(NoticeKind::Info, "This email address already has an account. Sign in to continue.")
            );
        }
        if accounts::by_username(&tx, &registration.username).await?.is_some() {
            registrations::mark_proven(&tx, registration.id, now).await?;
            tx.commit().await?;
            return Ok(Done::go(paths::VERIFY));
        }
        // The invitation may have been revoked between the check of the flow and this transaction.
        if !invitations::end_for(&tx, &registration.email, Ending::Used, now).await?
            && let Some(why) = self.admission.shuts_out(&tx, &registration.email, now).await?
        {
            return Ok(Ended::ShutOut(why).into_done());
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
        tallies::add(&tx, Tally::RegistrationFinished, registration.created_at).await?;
        tx.commit().await?;
        tracing::info!(event = "account.created", account = %id, registration = %registration.id);
        let text = "Your account is ready. Sign in to continue.";
        Ok(sign_in.saying(NoticeKind::Success, text).with_value("identifier", registration.username.as_str()))
    }
}

fn bound(registration: &Registration) -> Bound<'_> {
    Bound { purpose: OtpPurpose::Registration, flow: registration.id, email_key: registration.email.key() }
}
