//! Mailed one-time codes, with the same rules for all purposes: how many are issued, how many wrong
//! ones are checked, and that each is accepted only once.

mod issue;
mod tries;

use uuid::Uuid;

pub use issue::Recipient;
pub use tries::{OtpAttempt, wrong_code};

use super::core::Core;
use super::outcome::{NextStep, ServiceError};
use crate::crypto::OtpPurpose;
use crate::domain::Timestamp;
use crate::limits::Limits;
use crate::store::StoreError;
use crate::store::otps::{self, Issued};

const TOO_SOON: &str = "We've just sent you a code.";

/// Issues and checks codes. Lives as long as the process.
#[derive(Clone, Copy, Debug)]
pub struct OtpService<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn codes(&self) -> OtpService<'_> {
        OtpService { core: self }
    }
}

/// The context that a code is bound to. In any other context the code is wrong.
#[derive(Clone, Copy, Debug)]
pub struct OtpContext<'a> {
    pub purpose: OtpPurpose,
    /// The id of the flow that is waiting for the code.
    pub flow: Uuid,
    pub email_key: &'a str,
}

/// The reason the codes of a flow can no longer be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtpUnavailable {
    /// None was issued, or all were invalidated.
    NoCode,
    Expired,
    TriesUsed,
}

/// Why [`waiting`] returns no code.
#[derive(Debug)]
pub enum WaitingError {
    Unavailable(OtpUnavailable),
    Store(StoreError),
}

impl From<StoreError> for WaitingError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl WaitingError {
    /// Redirects if the codes can no longer be entered.
    pub fn or_redirect(self, to: impl FnOnce(OtpUnavailable) -> NextStep) -> ServiceError {
        match self {
            Self::Unavailable(why) => to(why).into(),
            Self::Store(error) => error.into(),
        }
    }
}

impl OtpService<'_> {
    /// Returns the newest code of a flow after `tries` attempts.
    ///
    /// # Errors
    /// [`WaitingError::Unavailable`] if it can no longer be entered.
    pub async fn waiting(
        &self,
        db: &impl sea_orm::ConnectionTrait,
        flow: Uuid,
        tries: u32,
    ) -> Result<Issued, WaitingError> {
        waiting(db, flow, tries, &self.core.limits, self.core.clock.now()).await
    }

    /// Checks that enough time has passed since the last code to send another one.
    ///
    /// # Errors
    /// [`ServiceError::Limited`] if the last code was sent too recently.
    pub fn check_pause(&self, code: &Issued, now: Timestamp) -> Result<(), ServiceError> {
        let again_at = code.issued_at + self.core.limits.otp_resend_after;
        if now < again_at {
            return Err(ServiceError::Limited { what: TOO_SOON, wait: again_at.since(now) });
        }
        Ok(())
    }
}

/// Same as [`OtpService::waiting`], for callers that only read.
pub async fn waiting(
    db: &impl sea_orm::ConnectionTrait,
    flow: Uuid,
    tries: u32,
    limits: &Limits,
    now: Timestamp,
) -> Result<Issued, WaitingError> {
    let code = otps::newest(db, flow).await?.ok_or(WaitingError::Unavailable(OtpUnavailable::NoCode))?;
    if tries >= limits.otp_tries {
        return Err(WaitingError::Unavailable(OtpUnavailable::TriesUsed));
    }
    if now >= code.expires_at {
        return Err(WaitingError::Unavailable(OtpUnavailable::Expired));
    }
    Ok(code)
}
