//! Mailed codes, the same whatever they are for: how many are issued, how many
//! wrong ones are looked at, and what makes one count once.

mod issue;
mod tries;

use uuid::Uuid;

pub use issue::Recipient;
pub use tries::{Counted, wrong};

use super::captcha::Captcha;
use super::outcome::ServiceError;
use crate::domain::Timestamp;
use crate::server::clock::Clock;
use crate::server::crypto::{LookupKeys, OtpDigester, OtpPurpose};
use crate::server::limits::Limits;
use crate::server::mail::Mailer;
use crate::server::rng::Rng;
use crate::server::store::StoreError;
use crate::server::store::otps::{self, Issued};

const TOO_SOON: &str = "We've just sent you a code.";

/// Issues codes and judges what is typed. Lives as long as the process.
#[derive(Clone, Debug)]
pub struct Codes {
    pub mailer: Mailer,
    pub digester: OtpDigester,
    pub captcha: Captcha,
    pub keys: LookupKeys,
    pub limits: Limits,
    pub clock: Clock,
    pub rng: Rng,
}

/// What a code is bound to: for anything else it is a wrong one.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    pub purpose: OtpPurpose,
    /// What waits for the code.
    pub flow: Uuid,
    pub email_key: &'a str,
}

/// Why no code of a flow can be entered any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// None was issued, or every one was voided.
    NoCode,
    Expired,
    TriesUsed,
}

impl Codes {
    /// The newest code of a flow that saw so many `tries`, if it may still be entered.
    ///
    /// # Errors
    /// Only faults; a flow that is over is the inner `Err`.
    pub async fn waiting(
        &self,
        db: &impl sea_orm::ConnectionTrait,
        flow: Uuid,
        tries: u32,
    ) -> Result<Result<Issued, Over>, StoreError> {
        waiting(db, flow, tries, &self.limits, self.clock.now()).await
    }

    /// Refuses to send another code so soon after this one.
    ///
    /// # Errors
    /// How long to wait.
    pub fn check_pause(&self, code: &Issued, now: Timestamp) -> Result<(), ServiceError> {
        let again_at = code.issued_at + self.limits.otp_resend_after;
        if now < again_at {
            return Err(ServiceError::Limited { what: TOO_SOON, wait: again_at.since(now) });
        }
        Ok(())
    }
}

/// As [`Codes::waiting`], for those who only read.
///
/// # Errors
/// Only faults; a flow that is over is the inner `Err`.
pub async fn waiting(
    db: &impl sea_orm::ConnectionTrait,
    flow: Uuid,
    tries: u32,
    limits: &Limits,
    now: Timestamp,
) -> Result<Result<Issued, Over>, StoreError> {
    let Some(code) = otps::newest(db, flow).await? else { return Ok(Err(Over::NoCode)) };
    if tries >= limits.otp_tries {
        return Ok(Err(Over::TriesUsed));
    }
    if now >= code.expires_at {
        return Ok(Err(Over::Expired));
    }
    Ok(Ok(code))
}
