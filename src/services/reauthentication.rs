//! Asking a signed-in user for the password again.

use super::core::Core;
use super::outcome::{NextStep, ServiceError, SessionChange};
use super::password_check::{CaptchaPolicy, PasswordAttempt, VerifiedPassword};
use super::request_context::RequestContext;
use crate::domain::{FieldErrors, Timestamp};
use crate::paths;
use crate::store::accounts;
use crate::store::accounts::Account;

const EMPTY: &str = "Enter your password.";
const WRONG: &str = "Incorrect password.";

/// The service behind `/account/confirm` and every form that asks a signed-in user for the
/// password.
#[derive(Clone, Copy, Debug)]
pub struct Reauthentication<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn reauthentication(&self) -> Reauthentication<'_> {
        Reauthentication { core: self }
    }
}

/// Returns the next step of a user who has just confirmed the password or a passkey: back to the form that required it.
pub fn reauthenticated(at: Timestamp) -> NextStep {
    NextStep::go(paths::ACCOUNT).with_session(SessionChange::Reauthenticated(at))
}

impl Reauthentication<'_> {
    /// Verifies the signed-in user's password.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in, an error next to the field if the
    /// password is wrong, or [`ServiceError::Limited`] after too many wrong passwords.
    pub async fn confirm(&self, password: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let (_, verified) = self.own_password("password", password, by).await?;
        let tx = self.core.store.write().await?;
        self.core.password_check().mark_succeeded(&tx, verified).await?;
        tx.commit().await?;
        Ok(reauthenticated(self.core.clock.now()))
    }

    /// Checks the password that a signed-in user typed into `field`. Returns the account as it was
    /// at that time. The caller [marks](super::PasswordCheck::mark_succeeded) the attempt as succeeded, in the
    /// transaction that the password was required for.
    ///
    /// # Errors
    /// Same as [`Reauthentication::confirm`].
    pub async fn own_password(
        &self,
        field: &str,
        password: &str,
        by: &RequestContext,
    ) -> Result<(Account, VerifiedPassword), ServiceError> {
        let member = by.member()?;
        if password.is_empty() {
            return Err(FieldErrors::one(field, EMPTY).into());
        }
        let slot = self.core.password_check().enter(by)?;
        let account =
            accounts::by_id(self.core.store.reader(), member.account_id).await?.ok_or(ServiceError::Unauthenticated)?;
        let attempt = PasswordAttempt { identifier: "", account: Some(&account), password };
        match self.core.password_check().check(slot, attempt, CaptchaPolicy::Never, by).await? {
            Some(verified) => Ok((account, verified)),
            None => {
                tracing::info!(event = "confirmation.failed", account = %account.id, ip = %by.ip);
                Err(FieldErrors::one(field, WRONG).into())
            }
        }
    }
}
