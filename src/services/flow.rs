//! The state of a registration that is waiting for its code.

use sea_orm::ConnectionTrait;

use super::codes::{self, OtpUnavailable};
use super::outcome::{Flow, FlowChange, NextStep, ServiceError};
use super::registration::policy::RegistrationPolicy;
use crate::crypto::FlowToken;
use crate::domain::{NoticeKind, Timestamp};
use crate::limits::Limits;
use crate::paths;
use crate::store::otps::Issued;
use crate::store::registrations::Registration;
use crate::store::{otps, registrations};

/// A registration whose code can still be entered.
#[derive(Clone, Debug)]
pub struct PendingRegistration {
    pub registration: Registration,
    /// The newest code.
    pub code: Issued,
}

/// The reason a browser has no registration to continue.
#[derive(Clone, Debug)]
pub enum RegistrationEnded {
    /// It was not started in this browser, or the row was deleted.
    NoFlow,
    Expired(Box<Registration>),
    TriesUsed(Box<Registration>),
    /// Registration with this email is no longer allowed, with the reason shown to the user.
    NotAllowed(&'static str),
    Finished,
}

impl RegistrationEnded {
    /// Redirects to the start with an explanation and the previously entered values.
    #[must_use]
    pub fn into_next_step(self) -> NextStep {
        let (kind, text) = match &self {
            Self::NoFlow => {
                (NoticeKind::Info, "There's nothing to confirm in this browser. Sign in, or create an account.")
            }
            Self::Expired(_) => (NoticeKind::Warning, "Your code has expired. Start again to get a new one."),
            Self::TriesUsed(_) => {
                (NoticeKind::Warning, "You've entered too many incorrect codes. Start again to get a new one.")
            }
            Self::NotAllowed(why) => (NoticeKind::Warning, *why),
            Self::Finished => (NoticeKind::Info, "Your registration is complete. You can sign in now."),
        };
        let done = NextStep::go(paths::REGISTER).with_notice(kind, text).with_flow(FlowChange::End(Flow::Registration));
        match self {
            Self::Expired(registration) | Self::TriesUsed(registration) => done
                .with_value("username", registration.username.as_str())
                .with_value("email", registration.email.as_str()),
            Self::NoFlow | Self::NotAllowed(_) | Self::Finished => done,
        }
    }
}

impl From<RegistrationEnded> for ServiceError {
    fn from(ended: RegistrationEnded) -> Self {
        ended.into_next_step().into()
    }
}

/// Returns the pending registration for a flow token.
///
/// # Errors
/// [`ServiceError::Redirect`] to the start if the registration has ended.
pub async fn pending(
    db: &impl ConnectionTrait,
    flow: Option<&FlowToken>,
    policy: &RegistrationPolicy,
    limits: &Limits,
    now: Timestamp,
) -> Result<PendingRegistration, ServiceError> {
    let flow = flow.ok_or(RegistrationEnded::NoFlow)?;
    let registration = registrations::by_flow(db, flow.digest()).await?.ok_or(RegistrationEnded::NoFlow)?;
    if registration.finished {
        return Err(RegistrationEnded::Finished.into());
    }
    if let Some(why) = policy.rejection_reason(db, &registration.email, now).await? {
        return Err(RegistrationEnded::NotAllowed(why).into());
    }
    if now >= registration.created_at + limits.registration_lifetime {
        return Err(RegistrationEnded::Expired(Box::new(registration)).into());
    }
    if registration.proven {
        // A verified registration stays pending after its code has expired.
        let code = otps::newest(db, registration.id).await?.ok_or(RegistrationEnded::NoFlow)?;
        return Ok(PendingRegistration { registration, code });
    }
    match codes::waiting(db, registration.id, registration.tries, limits, now).await {
        Ok(code) => Ok(PendingRegistration { registration, code }),
        Err(error) => Err(error.or_redirect(|why| {
            match why {
                OtpUnavailable::NoCode => RegistrationEnded::NoFlow,
                OtpUnavailable::TriesUsed => RegistrationEnded::TriesUsed(Box::new(registration)),
                OtpUnavailable::Expired => RegistrationEnded::Expired(Box::new(registration)),
            }
            .into_next_step()
        })),
    }
}
