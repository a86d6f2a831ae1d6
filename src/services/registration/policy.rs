//! Who may register: the registration mode, the email domain rules and invitations.
//!
//! An invitation is for one email. Its link opens the form, and the invited user still verifies
//! that email with a mailed code. The invitation is used up when the account with the verified
//! email is created.

use sea_orm::ConnectionTrait;

use crate::crypto::FlowToken;
use crate::domain::EmailDomainPolicy;
use crate::domain::registration_mode::{CLOSED, INVITED_ONLY};
use crate::domain::{Email, RegistrationMode, ReservedUsernames, Timestamp};
use crate::services::email_domain_policy;
use crate::services::outcome::ServiceError;
use crate::store::{StoreError, invitations};

/// Shown to a user whose registration was started but can no longer be finished.
const NOW_CLOSED: &str = "New accounts can't be created at the moment, so your registration can't be completed.";
const NOT_INVITED: &str = "You need a valid invitation to complete your registration. Ask your administrator for one.";
const NOT_ACCEPTED: &str = "We don't accept email addresses from this provider. Start again with a different one.";

/// Decides who may register. The mode is checked when the form is submitted and at every step until
/// the account is created.
#[derive(Clone, Debug, Default)]
pub struct RegistrationPolicy {
    pub mode: RegistrationMode,
    pub emails: EmailDomainPolicy,
    pub reserved_usernames: ReservedUsernames,
}

impl RegistrationPolicy {
    /// Returns the email that this invitation token was issued for, if the invitation is valid.
    pub async fn invited_email(
        &self,
        db: &impl ConnectionTrait,
        token: Option<&FlowToken>,
        now: Timestamp,
    ) -> Result<Option<Email>, StoreError> {
        let Some(token) = token.filter(|_| self.mode != RegistrationMode::Closed) else { return Ok(None) };
        let invitation = invitations::by_digest(db, token.digest()).await?;
        Ok(invitation.filter(|it| it.waits(now)).map(|it| it.email))
    }

    /// Same as [`RegistrationPolicy::invited_email`], but checks that a registration may be started.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if registration is closed or requires an invitation.
    pub async fn authorize(
        &self,
        db: &impl ConnectionTrait,
        token: Option<&FlowToken>,
        now: Timestamp,
    ) -> Result<Option<Email>, ServiceError> {
        let invited_email = self.invited_email(db, token, now).await?;
        match self.mode {
            RegistrationMode::Closed => Err(ServiceError::Refused(CLOSED)),
            RegistrationMode::Invitation if invited_email.is_none() => Err(ServiceError::Refused(INVITED_ONLY)),
            RegistrationMode::Invitation | RegistrationMode::Open => Ok(invited_email),
        }
    }

    /// Returns why a registration that was already started can no longer lead to an account for
    /// this email, or `None` if it can.
    pub async fn rejection_reason(
        &self,
        db: &impl ConnectionTrait,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<&'static str>, StoreError> {
        let reason = match self.mode {
            RegistrationMode::Closed => return Ok(Some(NOW_CLOSED)),
            RegistrationMode::Invitation => NOT_INVITED,
            RegistrationMode::Open if email_domain_policy::check(&self.emails, email).is_ok() => return Ok(None),
            RegistrationMode::Open => NOT_ACCEPTED,
        };
        Ok((!invitations::is_invited(db, email, now).await?).then_some(reason))
    }
}
