//! Who may register: the mode, the rules about addresses, and invitations.
//!
//! An invitation is for one address, which its guest proves by the mailed code
//! as everybody does. Its link opens the form; what is used up, when the
//! account is made, is the invitation of the address that was proven.

use sea_orm::ConnectionTrait;

use crate::domain::registration_mode::{CLOSED, INVITED_ONLY};
use crate::domain::{Email, RegistrationMode, Timestamp};
use crate::server::crypto::FlowToken;
use crate::server::services::email_rules::EmailRules;
use crate::server::services::outcome::ServiceError;
use crate::server::store::{StoreError, invitations};

/// What they hear whose registration was begun and can no longer be finished.
const CLOSED_MEANWHILE: &str = "New accounts can't be created any longer, so your registration can't be completed.";
const NOT_INVITED: &str = "Your invitation no longer works, so your registration can't be completed.";
const NOT_TAKEN: &str = "We don't accept email addresses from this provider. Start again with a different one.";

/// Decides who may register. The mode counts when the form is sent, and again
/// at every step until the account is made.
#[derive(Clone, Debug, Default)]
pub struct Admission {
    pub mode: RegistrationMode,
    pub emails: EmailRules,
}

impl Admission {
    /// The address that the holder of this token is invited to register with.
    ///
    /// # Errors
    /// Only faults.
    pub async fn guest(
        &self,
        db: &impl ConnectionTrait,
        token: Option<&FlowToken>,
        now: Timestamp,
    ) -> Result<Option<Email>, StoreError> {
        let Some(token) = token.filter(|_| self.mode != RegistrationMode::Closed) else { return Ok(None) };
        let invitation = invitations::by_digest(db, token.digest()).await?;
        Ok(invitation.filter(|it| it.waits(now)).map(|it| it.email))
    }

    /// As [`Admission::guest`], for somebody who wants to begin.
    ///
    /// # Errors
    /// One sentence when nobody may, or nobody without an invitation.
    pub async fn enter(
        &self,
        db: &impl ConnectionTrait,
        token: Option<&FlowToken>,
        now: Timestamp,
    ) -> Result<Option<Email>, ServiceError> {
        let guest = self.guest(db, token, now).await?;
        match self.mode {
            RegistrationMode::Closed => Err(ServiceError::Refused(CLOSED)),
            RegistrationMode::Invitation if guest.is_none() => Err(ServiceError::Refused(INVITED_ONLY)),
            RegistrationMode::Invitation | RegistrationMode::Open => Ok(guest),
        }
    }

    /// Why there can be no account for an address, now that its registration
    /// was begun; nothing if there can.
    ///
    /// # Errors
    /// Only faults.
    pub async fn shuts_out(
        &self,
        db: &impl ConnectionTrait,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<&'static str>, StoreError> {
        let why = match self.mode {
            RegistrationMode::Closed => return Ok(Some(CLOSED_MEANWHILE)),
            RegistrationMode::Invitation => NOT_INVITED,
            RegistrationMode::Open if self.emails.judge(email).is_ok() => return Ok(None),
            RegistrationMode::Open => NOT_TAKEN,
        };
        Ok((!invitations::is_invited(db, email, now).await?).then_some(why))
    }
}
