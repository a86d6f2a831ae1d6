//! Protection against bots without puzzles for users.
//!
//! A page includes a challenge in its form. A browser that runs scripts solves it while the user
//! types. A browser without scripts returns it unsolved. This is accepted if enough time has passed
//! for a human to fill in the form, the hidden field is empty, and not too many such forms came
//! from the IP prefix. Each challenge is valid for one submission of one form.

mod challenge;
mod failures;
pub mod third_party;

pub use challenge::Challenge;
use challenge::{ChallengeSolution, Challenges};
pub use failures::Failures;
pub use third_party::ThirdParty;

use super::attempts::{self, Target};
use super::outcome::ServiceError;
use super::request_context::RequestContext;
use crate::clock::Clock;
use crate::crypto::KeyRing;
use crate::domain::Timestamp;
use crate::limits::{CAPTCHA_HARDEST, Limits};
use crate::rng::Rng;
use crate::store::attempts::AttemptKind;
use crate::store::{Transaction, spent_challenges};

const AGAIN: &str = "This page has expired. Please try again.";
const CHECK_FAILED: &str = "We couldn't check that you're not a robot. Please try again.";
const HIDDEN_FIELD: &str = "Leave the hidden field \u{201c}Website\u{201d} empty and send the form again.";
const TOO_QUICK: &str = "The form was submitted too quickly.";
const TOO_MANY_UNPROVEN: &str =
    "Too many forms have been sent from your network without JavaScript. Turn on JavaScript, or wait.";
/// Shown when signing in requires a challenge that the page did not include.
pub const NEEDED: &str = "We need to check that you're not a robot. Please try again.";

/// The forms that include a challenge. The names are part of the signed challenges.
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

/// The captcha fields of a submitted form.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The challenge, with its solution if there is one.
    pub challenge: &'a str,
    /// The honeypot field, which is hidden from users.
    pub honeypot: &'a str,
    /// The response from the third-party widget.
    pub widget: &'a str,
}

/// A form that can be accepted once its challenge is [spent](Captcha::spend).
#[derive(Clone, Debug)]
pub struct Passed {
    id: Vec<u8>,
    expires_at: Timestamp,
    /// Whether the browser solved the challenge or the third party vouched for the user.
    proven: bool,
}

/// Creates challenges and checks the answers. Lives as long as the process.
#[derive(Clone, Debug)]
pub struct Captcha {
    challenges: Challenges,
    failures: Failures,
    /// The third-party captcha that replaces proof of work, if configured.
    pub third_party: Option<ThirdParty>,
    limits: Limits,
    clock: Clock,
    rng: Rng,
}

impl Captcha {
    pub fn new(keys: &KeyRing, third_party: Option<ThirdParty>, limits: Limits, clock: Clock, rng: Rng) -> Self {
        Self { challenges: Challenges::new(keys), failures: Failures::new(), third_party, limits, clock, rng }
    }

    /// Returns a challenge for the next submission of this form.
    #[must_use]
    pub fn offer(&self, form: Form, by: &RequestContext) -> Option<Challenge> {
        let challenge = self.challenges.make(form, self.difficulty(by), self.clock.now(), &self.rng);
        challenge.inspect_err(|error| tracing::error!(%error, "creating a captcha challenge failed")).ok()
    }

    /// Whether the IP prefix has failed so often that signing in requires a challenge.
    #[must_use]
    pub fn is_suspect(&self, by: &RequestContext) -> bool {
        self.failures.of(by, self.clock.now()) >= self.limits.captcha_after_failures
    }

    /// Counts a failure, which may make the next challenges harder.
    pub fn count_failure(&self, by: &RequestContext) {
        self.failures.count(by, self.clock.now());
    }

    /// Checks the captcha fields of a form. This writes nothing; see [`Captcha::spend`].
    ///
    /// # Errors
    /// [`ServiceError::Captcha`] with what the user should do, or [`ServiceError::Limited`] if the
    /// form was submitted too quickly.
    pub async fn check(&self, form: Form, answer: &Answer<'_>, by: &RequestContext) -> Result<Passed, ServiceError> {
        let now = self.clock.now();
        if !answer.honeypot.is_empty() {
            return Err(self.refuse("honeypot", HIDDEN_FIELD, by));
        }
        let Some(returned) = self.challenges.read(answer.challenge).filter(|returned| returned.form == form.name())
        else {
            return Err(self.refuse("forged", AGAIN, by));
        };
        let expires_at = returned.issued_at + self.limits.captcha_lifetime;
        if now >= expires_at || now < returned.issued_at {
            return Err(ServiceError::Captcha(AGAIN));
        }
        let proven = match (&self.third_party, returned.solution) {
            (None, ChallengeSolution::Wrong) => return Err(self.refuse("wrong", CHECK_FAILED, by)),
            // A challenge from before the failures, which took less work, is replaced by a new one.
            (None, ChallengeSolution::Correct) if returned.most < self.difficulty(by) => {
                return Err(ServiceError::Captcha(AGAIN));
            }
            (None, solution) => solution == ChallengeSolution::Correct,
            (Some(third_party), _) => match third_party.verify(form, answer.widget, by).await {
                Some(false) => return Err(self.refuse("third party", CHECK_FAILED, by)),
                verified => verified.is_some(),
            },
        };
        if !proven {
            let ready_at = returned.issued_at + self.limits.form_min_fill;
            if now < ready_at {
                tracing::info!(event = "captcha.too_quick", ip = %by.ip);
                return Err(ServiceError::Limited { what: TOO_QUICK, wait: ready_at.since(now) });
            }
        }
        Ok(Passed { id: returned.id, expires_at, proven })
    }

    /// Consumes a challenge in the transaction of the form's action.
    ///
    /// # Errors
    /// [`ServiceError::Captcha`] if the challenge was already used, or [`ServiceError::Limited`] if
    /// too many forms were sent without a solution.
    pub async fn spend(&self, tx: &Transaction, passed: &Passed, by: &RequestContext) -> Result<(), ServiceError> {
        if !spent_challenges::spend(tx, &passed.id, passed.expires_at).await? {
            return Err(self.refuse("used", AGAIN, by));
        }
        if passed.proven {
            return Ok(());
        }
        let target = Target::of(AttemptKind::UnprovenForm);
        match attempts::take(tx, &self.rng, target, self.limits.no_js_forms_per_ip, by).await? {
            Some(wait) => Err(ServiceError::Limited { what: TOO_MANY_UNPROVEN, wait }),
            None => Ok(()),
        }
    }

    /// Returns the difficulty, which doubles for every `after_failures` failures from the IP
    /// prefix, up to a factor of [`CAPTCHA_HARDEST`].
    fn difficulty(&self, by: &RequestContext) -> u32 {
        let steps = self.failures.of(by, self.clock.now()) / self.limits.captcha_after_failures.max(1);
        let factor = 2_u32.saturating_pow(steps.min(16)).min(CAPTCHA_HARDEST);
        self.limits.captcha_difficulty.saturating_mul(factor)
    }

    fn refuse(&self, why: &'static str, text: &'static str, by: &RequestContext) -> ServiceError {
        tracing::info!(event = "captcha.refused", why, ip = %by.ip);
        self.count_failure(by);
        ServiceError::Captcha(text)
    }
}
