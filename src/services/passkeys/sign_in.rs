//! Using a passkey to sign in, as the second step, or to reauthenticate.

use super::authenticate::Authenticated;
use super::{Passkeys, Shown, UNKNOWN};
use crate::crypto::passkey::{CeremonyStart, Purpose};
use crate::domain::NextPath;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::reauthentication::reauthenticated;
use crate::services::request_context::RequestContext;
use crate::services::sign_in::{Method, Proof};

impl Passkeys<'_> {
    /// Returns the options for signing in with any passkey that the browser has for this portal.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if the portal does not support passkeys.
    pub async fn offer_sign_in(&self) -> Result<CeremonyStart, ServiceError> {
        self.offer(Purpose::SignIn, None).await
    }

    /// Signs in with a passkey, which counts as two factors. `next` is where to go then.
    ///
    /// # Errors
    /// The same [`ServiceError::Refused`] for every rejected passkey.
    pub async fn sign_in(
        &self,
        shown: Shown<'_>,
        remember: bool,
        next: Option<&str>,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        let (tx, Authenticated { account, origin }) = self.authenticate(Purpose::SignIn, None, shown, by).await?;
        let proof = Proof { method: Method::Passkey, origin };
        let entered = self.core.sign_in().complete(&tx, &account, &proof, remember, by).await?;
        tx.commit().await?;
        Ok(entered.into_next_step(next.and_then(NextPath::parse)))
    }

    /// Returns the options for the second step, after the password was accepted.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if no second step is pending, or [`ServiceError::Refused`] if the
    /// portal does not support passkeys.
    pub async fn offer_second_step(&self, by: &RequestContext) -> Result<CeremonyStart, ServiceError> {
        let due = by.second_step.as_ref().ok_or(ServiceError::Unauthenticated)?;
        self.offer(Purpose::SecondStep, Some(due.account_id)).await
    }

    /// Completes the second step with a passkey. A failure counts toward the limit on other factors,
    /// which does not apply to passkeys. `trust` exempts this browser from the second factor from now on.
    ///
    /// # Errors
    /// The same [`ServiceError::Refused`] for every rejected passkey.
    pub async fn second_step(
        &self,
        shown: Shown<'_>,
        trust: bool,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        self.ceremonies()?;
        let attempt = self.core.second_factor().begin(by).await?;
        let account = Some(attempt.account.id);
        if let Some(verified) = self.verify(&attempt.tx, Purpose::SecondStep, account, shown, by).await? {
            let proof = Proof { method: Method::PasswordAndPasskey, origin: verified.origin };
            return self.core.second_factor().succeed(attempt, &proof, trust, by).await;
        }
        self.core.second_factor().fail(attempt, by).await?;
        Err(ServiceError::Refused(UNKNOWN))
    }

    /// Returns the options for reauthenticating the signed-in user.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in, or [`ServiceError::Refused`] if the
    /// portal does not support passkeys.
    pub async fn offer_confirmation(&self, by: &RequestContext) -> Result<CeremonyStart, ServiceError> {
        self.offer(Purpose::Confirm, Some(by.member()?.account_id)).await
    }

    /// Reauthenticates with a passkey instead of the password. It counts as two factors.
    ///
    /// # Errors
    /// Those of [`Passkeys::sign_in`], or [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn confirm(&self, shown: Shown<'_>, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let member = by.member()?;
        let (tx, verified) = self.authenticate(Purpose::Confirm, Some(member.account_id), shown, by).await?;
        self.core.continue_own(tx, by).await?.commit().await?;
        Ok(reauthenticated(self.core.clock.now(), Some(verified.origin)))
    }
}
