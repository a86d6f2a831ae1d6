//! Showing a passkey: to sign in, as the second step, to confirm.

use super::{Passkeys, Shown, UNKNOWN};
use crate::domain::Timestamp;
use crate::server::crypto::passkey::{Begun, Purpose};
use crate::server::services::entry::{Entered, Method};
use crate::server::services::outcome::ServiceError;
use crate::server::services::requester::Requester;
use crate::server::services::second_factor::Stepped;

impl Passkeys {
    /// Options for signing in with whichever passkey the browser has for here.
    ///
    /// # Errors
    /// Where there are no passkeys; faults.
    pub async fn offer_sign_in(&self) -> Result<Begun, ServiceError> {
        self.offer(Purpose::SignIn, None).await
    }

    /// Signs in with a passkey, which is two factors by itself.
    ///
    /// # Errors
    /// One sentence whatever is wrong; a wait after too many failures from this address.
    pub async fn sign_in(&self, shown: Shown<'_>, remember: bool, by: &Requester) -> Result<Entered, ServiceError> {
        let (tx, account) = self.prove(Purpose::SignIn, None, shown, by).await?;
        let entered = self.entry.admit(&tx, &account, Method::Passkey, remember, by).await?;
        tx.commit().await?;
        Ok(entered)
    }

    /// Options for the second step of the person whose password was accepted.
    ///
    /// # Errors
    /// When no second step is due; where there are no passkeys.
    pub async fn offer_second_step(&self, by: &Requester) -> Result<Begun, ServiceError> {
        let due = by.second_step.as_ref().ok_or(ServiceError::SignIn)?;
        self.offer(Purpose::SecondStep, Some(due.account_id)).await
    }

    /// Takes the second step with a passkey. It counts like any other factor's try;
    /// `trust` excuses this browser from now on.
    ///
    /// # Errors
    /// One sentence whatever is wrong, and a wait after too many failures.
    pub async fn second_step(&self, shown: Shown<'_>, trust: bool, by: &Requester) -> Result<Stepped, ServiceError> {
        self.ceremonies()?;
        let attempt = match self.second_factor.begin(by).await? {
            Ok(attempt) => attempt,
            Err(done) => return Ok(Stepped::Elsewhere(done)),
        };
        let account = Some(attempt.account.id);
        if self.judge(&attempt.tx, Purpose::SecondStep, account, shown, by).await?.is_some() {
            return self.second_factor.succeed(attempt, Method::PasswordAndPasskey, trust, by).await;
        }
        self.second_factor.fail(attempt, by).await?;
        Err(ServiceError::Refused(UNKNOWN))
    }

    /// Options for showing that the person at the keyboard is who signed in.
    ///
    /// # Errors
    /// Nobody is signed in; where there are no passkeys.
    pub async fn offer_confirmation(&self, by: &Requester) -> Result<Begun, ServiceError> {
        self.offer(Purpose::Confirm, Some(by.member()?.account_id)).await
    }

    /// Confirms with a passkey in place of the password. Gives the moment from
    /// which on the person counts as just having shown it.
    ///
    /// # Errors
    /// As [`Passkeys::sign_in`], and when nobody is signed in.
    pub async fn confirm(&self, shown: Shown<'_>, by: &Requester) -> Result<Timestamp, ServiceError> {
        let member = by.member()?;
        let (tx, _) = self.prove(Purpose::Confirm, Some(member.account_id), shown, by).await?;
        tx.commit().await?;
        Ok(self.clock.now())
    }
}
