//! Telling people from machines without asking people anything.
//!
//! A page gives its form a challenge. A browser that runs scripts solves it
//! while the person types; one that runs none sends it back as it came, which
//! is taken if a person could have filled in the form since, the field that
//! nobody sees is empty, and not too many such forms came from the address.
//! Each challenge counts for one post of one form.

mod challenge;
mod failures;
pub mod third_party;

use crate::server::store::Transaction;

pub use challenge::Challenge;
use challenge::{Challenges, Solved};
pub use failures::Failures;
pub use third_party::ThirdParty;

use super::outcome::ServiceError;
use super::quota::{self, Counted};
use super::requester::Requester;
use crate::domain::Timestamp;
use crate::server::clock::Clock;
use crate::server::crypto::{KeyRing, LookupKeys};
use crate::server::limits::{CAPTCHA_HARDEST, Limits};
use crate::server::rng::Rng;
use crate::server::store::challenges;

const AGAIN: &str = "This page has expired. Please try again.";
const CHECK_FAILED: &str = "We couldn't check that you're not a robot. Please try again.";
const HIDDEN_FIELD: &str = "Leave the hidden field \u{201c}Website\u{201d} empty and send the form again.";
const TOO_QUICK: &str = "Please wait a moment and try again.";
const TOO_MANY_UNPROVEN: &str = "Too many forms have been sent from your network without JavaScript.";
/// What signing in says when it asks for a challenge that the page did not have.
pub const NEEDED: &str = "We need to check that you're not a robot. Please try again.";

/// The forms that ask for a challenge. The names are part of the signed
/// challenges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Register,
    Resend,
    Login,
    Recover,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Resend => "resend",
            Self::Login => "login",
            Self::Recover => "recover",
        }
    }
}

/// What a form brought.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The challenge, with its solution if there is one.
    pub challenge: &'a str,
    /// The field that no person sees.
    pub honeypot: &'a str,
    /// What the third party's widget put into the form.
    pub widget: &'a str,
}

/// A form that may be taken, once its challenge is [spent](Captcha::spend).
#[derive(Clone, Debug)]
pub struct Passed {
    id: Vec<u8>,
    expires_at: Timestamp,
    /// Whether the sender's machine did something for it.
    proven: bool,
}

/// Makes challenges and judges what comes back. Lives as long as the process.
#[derive(Clone, Debug)]
pub struct Captcha {
    challenges: Challenges,
    failures: Failures,
    /// Asked instead of solving, when one is configured.
    pub third_party: Option<ThirdParty>,
    keys: LookupKeys,
    limits: Limits,
    clock: Clock,
    rng: Rng,
}

impl Captcha {
    #[must_use]
    pub fn new(keys: &KeyRing, third_party: Option<ThirdParty>, limits: Limits, clock: Clock, rng: Rng) -> Self {
        let (challenges, keys) = (Challenges::new(keys), LookupKeys::new(keys));
        Self { challenges, failures: Failures::new(), third_party, keys, limits, clock, rng }
    }

    /// The challenge for the next post of this form.
    #[must_use]
    pub fn offer(&self, form: Form, by: &Requester) -> Option<Challenge> {
        let made = self.challenges.make(form, self.difficulty(by), self.clock.now(), &self.rng);
        made.inspect_err(|error| tracing::error!(%error, "a challenge cannot be made")).ok()
    }

    /// Whether an address prefix has failed so often that signing in asks for a challenge.
    #[must_use]
    pub fn is_suspect(&self, by: &Requester) -> bool {
        self.failures.of(by, self.clock.now()) >= self.limits.captcha.after_failures
    }

    /// Counts a failure: the next challenges may become harder.
    pub fn note_failure(&self, by: &Requester) {
        self.failures.note(by, self.clock.now());
    }

    /// Judges what a form brought. Nothing is written: see [`Captcha::spend`].
    ///
    /// # Errors
    /// What the person should do, or how long to wait.
    pub async fn check(&self, form: Form, answer: &Answer<'_>, by: &Requester) -> Result<Passed, ServiceError> {
        let now = self.clock.now();
        if !answer.honeypot.is_empty() {
            return Err(self.refuse("honeypot", HIDDEN_FIELD, by));
        }
        let Some(back) = self.challenges.read(answer.challenge).filter(|back| back.form == form.name()) else {
            return Err(self.refuse("forged", AGAIN, by));
        };
        let expires_at = back.issued_at + self.limits.captcha.lifetime;
        if now >= expires_at || now < back.issued_at {
            return Err(ServiceError::Captcha(AGAIN));
        }
        let proven = match (&self.third_party, back.solution) {
            (None, Solved::Wrongly) => return Err(self.refuse("wrong", CHECK_FAILED, by)),
            (None, solution) => solution == Solved::Rightly,
            (Some(third_party), _) => match third_party.judge(answer.widget, by).await {
                Some(false) => return Err(self.refuse("third party", CHECK_FAILED, by)),
                judged => judged.is_some(),
            },
        };
        if !proven {
            let ready_at = back.issued_at + self.limits.form_min_fill;
            if now < ready_at {
                tracing::info!(event = "captcha.too_quick", ip = %by.ip);
                return Err(ServiceError::Limited { what: TOO_QUICK, wait: ready_at.since(now) });
            }
        }
        Ok(Passed { id: back.id, expires_at, proven })
    }

    /// Uses a challenge up, in the transaction of what the form does.
    ///
    /// # Errors
    /// When it was used already, or too many forms came without a solution.
    pub async fn spend(&self, tx: &Transaction, passed: &Passed, by: &Requester) -> Result<(), ServiceError> {
        if !challenges::spend(tx, &passed.id, passed.expires_at).await? {
            return Err(self.refuse("used", AGAIN, by));
        }
        if passed.proven {
            return Ok(());
        }
        let (quota, now) = (self.limits.unproven_per_address, self.clock.now());
        match quota::take(tx, &self.keys, Counted::Unproven, quota, by, now).await? {
            Some(wait) => Err(ServiceError::Limited { what: TOO_MANY_UNPROVEN, wait }),
            None => Ok(()),
        }
    }

    /// Doubles with every so many failures from the address.
    fn difficulty(&self, by: &Requester) -> u32 {
        let limits = &self.limits.captcha;
        let steps = self.failures.of(by, self.clock.now()) / limits.after_failures.max(1);
        let factor = 2_u32.saturating_pow(steps.min(16)).min(CAPTCHA_HARDEST);
        limits.difficulty.saturating_mul(factor)
    }

    fn refuse(&self, why: &'static str, text: &'static str, by: &Requester) -> ServiceError {
        tracing::info!(event = "captcha.refused", why, ip = %by.ip);
        self.note_failure(by);
        ServiceError::Captcha(text)
    }
}
